"""How far the chart's Deployments and Jobs are, and Deployments that run an outdated image."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rookery_core.errors import Unavailable
from rookery_local.cluster.job_state import ending, obstacle
from rookery_local.cluster.namespace import Namespace, Object
from rookery_local.cluster.node_images import digest

RELEASE = "app.kubernetes.io/instance=rookery"
RESTARTED = "kubectl.kubernetes.io/restartedAt"
CONTAINERS = (("containers", "containerStatuses"), ("initContainers", "initContainerStatuses"))
"""The fields of a pod for its containers, and for what became of them."""
PATIENCE = 300.0
POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Readiness:
    """How far an installation is."""

    ready: tuple[str, ...]
    waiting: tuple[str, ...]
    failed: tuple[str, ...]
    """Jobs that failed: the installation can't succeed any more."""


def readiness(deployments: Iterable[Object], jobs: Iterable[Object]) -> Readiness:
    """Of the Deployments, and of the Jobs that the chart itself made: who is ready."""
    states = {each["metadata"]["name"]: rolled_out(each) for each in deployments}
    ends = {job["metadata"]["name"]: ending(job) for job in jobs if is_charts(job)}
    done = {name: end is not None and end.succeeded for name, end in ends.items()}
    states |= done
    failed = [name for name, end in ends.items() if end is not None and not end.succeeded]
    return Readiness(
        tuple(sorted(name for name, ready in states.items() if ready)),
        tuple(sorted(name for name, ready in states.items() if not ready)),
        tuple(sorted(failed)),
    )


def is_charts(job: Object) -> bool:
    """Whether the chart made the Job, not a CronJob or a person from a CronJob's template."""
    return not job["metadata"].get("ownerReferences")


def rolled_out(deployment: Object) -> bool:
    """Whether every replica is of the newest template and available, and none is left over."""
    status = deployment.get("status", {})
    wanted = deployment["spec"].get("replicas", 1)
    counts = (status.get(key, 0) for key in ("replicas", "updatedReplicas", "availableReplicas"))
    newest = deployment["metadata"]["generation"] == status.get("observedGeneration")
    return bool(newest and all(count == wanted for count in counts))


def note(readiness: Readiness, pods: Sequence[Object], words: Mapping[str, str]) -> str:
    """What is waited for, with the words of a Job where it has some, and what stands in a pod's
    way."""
    names = [f"{name} ({words[name]})" if words.get(name) else name for name in readiness.waiting]
    obstacles = [
        f"{pod['metadata']['name']}: {what}" for pod in pods if (what := obstacle(pod)) != ""
    ]
    waiting = ["waiting for " + ", ".join(names)] if names else []
    return "; ".join([*waiting, *obstacles[:1]])


def selector(deployment: Object) -> str:
    """The labels of the Deployment's pods, as a query."""
    labels = deployment["spec"]["selector"]["matchLabels"]
    return ",".join(f"{name}={value}" for name, value in labels.items())


def is_outdated(pods: Iterable[Object], ids: Callable[[str, str], frozenset[str]]) -> bool:
    """Whether a pod runs, or was prepared by, another image than its image's name stands for on its
    node.

    `ids` says by which digests a node (first) may call an image (second).
    """
    return any(
        digest(status["imageID"]) not in ids(pod["spec"]["nodeName"], container["image"])
        for pod in pods
        if "deletionTimestamp" not in pod["metadata"]
        for containers, statuses in CONTAINERS
        for container in pod["spec"].get(containers, [])
        for status in pod.get("status", {}).get(statuses, [])
        if status["name"] == container["name"] and status.get("imageID")
    )


def restart(namespace: Namespace, deployment: str) -> None:
    """Its pods are replaced, one after another as its strategy says, and all are available.

    Raises:
        Unavailable: where they are not within five minutes.
    """
    annotations = {RESTARTED: datetime.now(UTC).isoformat(timespec="seconds")}
    template = {"metadata": {"annotations": annotations}}
    namespace.patch_deployment(deployment, {"spec": {"template": template}})
    deadline = time.monotonic() + PATIENCE
    while not rolled_out(namespace.deployment(deployment)):
        if time.monotonic() > deadline:
            raise Unavailable(
                f"Deployment {deployment} is not available {PATIENCE:.0f} s after its restart; "
                f"see `kubectl describe deployment {deployment}`"
            )
        time.sleep(POLL_SECONDS)
