"""Pod Security Standard `restricted`, and what this chart demands of a pod beyond it.

https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
"""

from collections.abc import Iterator

from tests.chart.manifests import Object, Pod

VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
}


ACCOUNTS = {"default", "traefik", "pipeline", "postgresql", "minio", "mlflow", "api", "notebook"}
"""The ServiceAccounts that a pod may have: those of the parts."""


def restricted(pod: Pod) -> list[str]:
    """What Pod Security `restricted` would refuse, each as a sentence."""
    return [*_pod(pod.spec), *(said for c in pod.containers for said in _container(c, pod.spec))]


def _pod(spec: Object) -> Iterator[str]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field):
            yield f"{field} is set"
    for volume in spec.get("volumes", ()):
        if not (volume.keys() - {"name"} <= VOLUMES):
            yield f"volume {volume['name']} is of a kind that is not allowed"
    if spec.get("securityContext", {}).get("sysctls"):
        yield "sysctls are set"


def _container(container: Object, spec: Object) -> Iterator[str]:
    name, own = container["name"], container.get("securityContext", {})
    context = {**spec.get("securityContext", {}), **own}
    if context.get("runAsNonRoot") is not True:
        yield f"{name}: runAsNonRoot is not true"
    if context.get("runAsUser") == 0:
        yield f"{name}: runs as root"
    if own.get("allowPrivilegeEscalation") is not False:
        yield f"{name}: allowPrivilegeEscalation is not false"
    if own.get("privileged"):
        yield f"{name}: is privileged"
    if own.get("capabilities", {}).get("drop") != ["ALL"]:
        yield f"{name}: does not drop all capabilities"
    if set(own.get("capabilities", {}).get("add", ())) - {"NET_BIND_SERVICE"}:
        yield f"{name}: adds capabilities"
    if context.get("seccompProfile", {}).get("type") not in ("RuntimeDefault", "Localhost"):
        yield f"{name}: has no seccomp profile"
    if own.get("procMount", "Default") != "Default":
        yield f"{name}: procMount is not Default"
    if any(port.get("hostPort") for port in container.get("ports", ())):
        yield f"{name}: has a hostPort"


def hardened(pod: Pod) -> list[str]:
    """What the chart demands of every pod and this one lacks, each as a sentence."""
    return [*_hardened_pod(pod), *(said for c in pod.containers for said in _hardened(c, pod.spec))]


def _hardened_pod(pod: Pod) -> Iterator[str]:
    spec = pod.spec
    if spec.get("enableServiceLinks") is not False:
        yield "enableServiceLinks is not false: MLFLOW_PORT=tcp://... would be read by MLflow"
    talks_to_kubernetes = pod.labels.get("app.kubernetes.io/name") == "traefik"
    if spec.get("automountServiceAccountToken") is not talks_to_kubernetes:
        yield "only Traefik may have a token"
    if spec.get("serviceAccountName", "default") not in ACCOUNTS:
        yield "has a service account that is not its part's"
    if any("serviceAccountToken" in s for v in spec.get("volumes", ()) for s in _sources(v)):
        yield "projects a token"


def _sources(volume: Object) -> list[Object]:
    return list(volume.get("projected", {}).get("sources", ()))


def _hardened(container: Object, spec: Object) -> Iterator[str]:
    name, resources = container["name"], container.get("resources", {})
    context = {**spec.get("securityContext", {}), **container.get("securityContext", {})}
    if context.get("readOnlyRootFilesystem") is not True:
        yield f"{name}: its root can be written"
    for field in ("runAsUser", "runAsGroup"):
        if not (isinstance(context.get(field), int) and context[field] > 0):
            yield f"{name}: {field} is no number above 0"
    for resource in ("cpu", "memory"):
        if resource not in resources.get("requests", {}):
            yield f"{name}: requests no {resource}"
    if "memory" not in resources.get("limits", {}):
        yield f"{name}: has no memory limit"
    if any("name" not in port for port in container.get("ports", ())):
        yield f"{name}: has a port without a name"
    for field in ("name", "image", "imagePullPolicy"):
        if not container.get(field):
            yield f"{name}: has no {field}"


ASKED = (("exec", "command"), ("httpGet", "path"), ("tcpSocket", "port"))
"""What a probe may do, and what it cannot be without."""


def unprobed(pod: Pod) -> list[str]:
    """The probes that a server's containers lack, or that ask nothing."""
    return [
        f"{container['name']}: has no {probe}"
        for container in pod.spec["containers"]
        for probe in ("startupProbe", "readinessProbe", "livenessProbe")
        if not any((container.get(probe, {}).get(way) or {}).get(what) for way, what in ASKED)
    ]
