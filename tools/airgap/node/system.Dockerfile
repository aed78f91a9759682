# One static program on the PATH, as kubeadm calls it, and as the entrypoint, as CoreDNS and pause
# are started.
ARG ROOT
FROM ${ROOT}
COPY files/ /
ENTRYPOINT ["/entrypoint"]
