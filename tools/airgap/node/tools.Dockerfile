# A shell, ip and kubectl: what sets up the pod network and the folders of volumes.
ARG ROOT
FROM ${ROOT} AS root
FROM scratch
COPY --from=root /bin/busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
COPY kubectl pod-network /bin/
