"""What a Job and its pods say of themselves: ended how, waiting for what."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rookery_core.errors import Refused
from rookery_local.cluster.namespace import Object

NAME_LABEL = "batch.kubernetes.io/job-name"
USUAL = frozenset({"ContainerCreating", "PodInitializing"})
"""What a pod waits for at every start."""


@dataclass(frozen=True)
class Ending:
    """How a Job ended."""

    succeeded: bool
    reason: str = ""
    """In Kubernetes' words, of a Job that failed."""


def ending(job: Object) -> Ending | None:
    """How the Job ended; None while it has not."""
    for condition in job.get("status", {}).get("conditions", []):
        if condition["status"] == "True" and condition["type"] in {"Complete", "Failed"}:
            said = f"{condition.get('reason', '')}: {condition.get('message', '')}".strip(": ")
            return Ending(condition["type"] == "Complete", said)
    return None


def exit_codes(pod: Object) -> Iterator[tuple[int, str]]:
    """The exit code of each container that ended, and Kubernetes' word for it, as OOMKilled."""
    for status in pod.get("status", {}).get("containerStatuses", []):
        if ended := status.get("state", {}).get("terminated"):
            yield int(ended["exitCode"]), str(ended.get("reason", ""))


def exit_code(pods: Sequence[Object]) -> int:
    """That of a failed Job: 42 where a pod of it said so, else 1: a retry may help."""
    codes = {code for pod in pods for code, _ in exit_codes(pod)}
    return Refused.exit_code if Refused.exit_code in codes else 1


def failure(pod: Object) -> str:
    """How the pod failed; empty where it did not."""
    if pod.get("status", {}).get("phase") != "Failed":
        return ""
    ended = [
        f"exit {code}" if reason in {"", "Error"} else f"exit {code}, {reason}"
        for code, reason in exit_codes(pod)
    ]
    status = pod["status"]
    told = ended or [f"{status.get('reason', '')}: {status.get('message', '')}".strip(": ")]
    return "; ".join(told)


def waiting_reason(pod: Object) -> str:
    """What keeps the pod from running, as a wrong image or no room; empty where nothing does."""
    status = pod.get("status", {})
    for condition in status.get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return f"{condition.get('reason', '')}: {condition.get('message', '')}"
    for kind in ("initContainerStatuses", "containerStatuses"):
        for container in status.get(kind, []):
            waiting = container.get("state", {}).get("waiting")
            if waiting and waiting.get("reason") not in USUAL:
                return f"{waiting.get('reason', '')}: {waiting.get('message', '')}".strip(": ")
    return ""
