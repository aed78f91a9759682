"""The state of a Job and its pods: how they ended, or what they wait for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rookery_core.errors import Refused
from rookery_local.cluster.namespace import Object

NAME_LABEL = "batch.kubernetes.io/job-name"
USUAL = frozenset({"ContainerCreating", "PodInitializing"})
"""Waiting reasons that belong to every start of a pod."""


@dataclass(frozen=True)
class Ending:
    """How a Job ended."""

    succeeded: bool
    reason: str = ""
    """Why the Job failed, in Kubernetes' words."""


def ending(job: Object) -> Ending | None:
    """Reads how the Job ended; None if it has not ended."""
    for condition in job.get("status", {}).get("conditions", []):
        if condition["status"] == "True" and condition["type"] in {"Complete", "Failed"}:
            said = f"{condition.get('reason', '')}: {condition.get('message', '')}".strip(": ")
            return Ending(condition["type"] == "Complete", said)
    return None


def exit_codes(pod: Object) -> Iterator[tuple[int, str]]:
    """Reads each ended container's exit code and Kubernetes' word for it, such as OOMKilled."""
    for status in pod.get("status", {}).get("containerStatuses", []):
        if ended := status.get("state", {}).get("terminated"):
            yield int(ended["exitCode"]), str(ended.get("reason", ""))


def exit_code(pods: Sequence[Object]) -> int:
    """Derives the exit code of a failed Job: 42 if one of its pods ended with it, otherwise 1."""
    codes = {code for pod in pods for code, _ in exit_codes(pod)}
    return Refused.exit_code if Refused.exit_code in codes else 1


def failure(pod: Object) -> str:
    """Describes how the pod failed; empty if it did not."""
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
    """Reads why the pod does not run, such as a wrong image or no free node; empty if it may."""
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
