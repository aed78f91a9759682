"""Ways in which a pod of a server is replaced by another one, and what keeps the old one alive."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from tests.e2e.support.cluster import CommandFailed, Namespace, Object, run, until
from tests.e2e.support.release import Release

LAUNCHER = "launcher"
"""The container that waits for the volume."""
WAITING = "waiting for the volume"


def name(pod: Object) -> str:
    """Returns the pod's name."""
    return str(pod["metadata"]["name"])


def delete(namespace: Namespace, pod: Object) -> None:
    """Deletes the pod."""
    namespace.kubectl("delete", "pod", name(pod), "--wait=false")


def force(namespace: Namespace, pod: Object) -> None:
    """Deletes the pod from the API server at once, whether it has ended or not."""
    namespace.kubectl("delete", "pod", name(pod), "--force", "--grace-period=0")


def evict(namespace: Namespace, pod: Object) -> None:
    """Evicts the pod, as a drain does."""
    path = f"/api/v1/namespaces/{namespace.name}/pods/{name(pod)}/eviction"
    eviction = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": name(pod), "namespace": namespace.name},
    }
    namespace.kubectl("create", "--raw", path, "-f", "-", stdin=json.dumps(eviction))


def restart_node(namespace: Namespace, pod: Object) -> None:
    """Kills its node, and starts it again."""
    run("docker", "restart", "--time", "0", pod["spec"]["nodeName"])
    until("the API server", lambda: answers(namespace))


WAYS: Mapping[str, Callable[[Namespace, Object], None]] = {
    "deleted": delete,
    "deleted by force": force,
    "evicted": evict,
    "node restarted": restart_node,
}


def answers(namespace: Namespace) -> bool | None:
    """Tells whether the API server answers; None where not."""
    try:
        namespace.cluster.kubectl("get", "--raw", "/readyz")
    except CommandFailed:
        return None
    return True


@contextmanager
def unstoppable(pod: Object) -> Iterator[None]:
    """Freezes the programs by which the node could end the pod's server.

    The server itself works on, as when its node is out of reach.
    """
    node = pod["spec"]["nodeName"]
    shim = run("docker", "exec", node, "sh", "-c", f"ps -o ppid= -p {server_process(pod)}").strip()
    run("docker", "exec", node, "kill", "-STOP", shim)
    try:
        yield
    finally:
        run("docker", "exec", node, "kill", "-CONT", shim)


def server_process(pod: Object) -> str:
    """Returns the id, on the node, of the first process of the pod's server."""
    (status,) = pod["status"]["containerStatuses"]
    container = status["containerID"].removeprefix("containerd://")
    tasks = run("docker", "exec", pod["spec"]["nodeName"], "ctr", "-n", "k8s.io", "task", "ls")
    (pid,) = (row.split()[1] for row in tasks.splitlines() if row.startswith(container))
    return pid


def successor(release: Release, part: str, old: Object) -> Object:
    """Waits for the pod that takes the old one's place."""

    def look() -> Object | None:
        for pod in release.pods(part):
            if pod["metadata"]["uid"] != old["metadata"]["uid"]:
                return pod
        return None

    return until(f"another pod of {part}", look)


def waits(namespace: Namespace, pod: Object, seconds: int) -> Object:
    """Returns what the pod's launcher says once it has waited so long for the volume."""

    def look() -> Object | None:
        try:
            told = namespace.kubectl("logs", name(pod), "--container", LAUNCHER)
        except CommandFailed:
            return None
        events = [json.loads(line) for line in told.splitlines()]
        found = (each for each in events if each["event"] == WAITING)
        return next((each for each in found if each["waited_seconds"] >= seconds), None)

    return until(f"a word of {name(pod)} that it waits", look)
