"""Deployments of the release: whether they are rolled out, and how to restart them."""

from datetime import UTC, datetime

from rookery_core.waiting import Wait, poll_until
from rookery_local.cluster.namespace import Namespace, Object

RELEASE = "app.kubernetes.io/part-of=rookery"
"""What every object and pod of the chart carries, whatever its release is called."""
RESTARTED = "kubectl.kubernetes.io/restartedAt"
RESTART_SECONDS = 300.0
POLL_SECONDS = 1.0


def rolled_out(deployment: Object) -> bool:
    """Says whether all replicas are available, of the newest template, and no others are left."""
    status = deployment.get("status", {})
    wanted = deployment["spec"].get("replicas", 1)
    counts = (status.get(key, 0) for key in ("replicas", "updatedReplicas", "availableReplicas"))
    newest = deployment["metadata"]["generation"] == status.get("observedGeneration")
    return bool(newest and all(count == wanted for count in counts))


def selector(deployment: Object) -> str:
    """Writes the labels of the Deployment's pods as a selector."""
    labels = deployment["spec"]["selector"]["matchLabels"]
    return ",".join(f"{name}={value}" for name, value in labels.items())


def restart(namespace: Namespace, deployment: str) -> None:
    """Replaces the pods of the Deployment as its strategy says, and waits until it is rolled out.

    Raises:
        Unavailable: it is not rolled out within five minutes.
    """
    annotations = {RESTARTED: datetime.now(UTC).isoformat(timespec="seconds")}
    template = {"metadata": {"annotations": annotations}}
    namespace.patch_deployment(deployment, {"spec": {"template": template}})
    poll_until(
        lambda: rolled_out(namespace.deployment(deployment)) or None,
        Wait(RESTART_SECONDS, POLL_SECONDS),
        lambda: (
            f"Deployment {deployment} is not available {RESTART_SECONDS:.0f} s after its restart; "
            f"see `kubectl describe deployment {deployment}`"
        ),
    )
