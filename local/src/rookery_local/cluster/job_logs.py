"""The logs of a Job's pods: their events, and why the Job failed."""

import time
from collections.abc import Callable, Iterator

from rookery_core.errors import Refused, RookeryError, Unavailable
from rookery_local.cluster.job_state import (
    NAME_LABEL,
    Ending,
    ending,
    exit_code,
    failure,
    waiting_reason,
)
from rookery_local.cluster.namespace import Namespace, NoAnswer, NotThere, Object
from rookery_local.process.events import FAILED, Event, parse_event

POLL_SECONDS = 1.0
REMEDIES = {
    "ErrImage": "the image can be pulled (its name, its tag, the registry)",
    "ImagePullBackOff": "the image can be pulled (its name, its tag, the registry)",
    "ImageInspectError": "the image can be read",
    "InvalidImageName": "the image has a valid name",
    "CreateContainerConfigError": "the Secret or ConfigMap that it reads is there",
}
"""Reasons why a pod waits for a person, and what it waits for; a full cluster empties by itself."""
OUTAGE_SECONDS = 120.0
"""How long following goes on without an answer of the API server: it restarts within that time."""
TAIL = 20


class JobLogs:
    """What the pods of a Job have logged so far, whether they run together or one after another."""

    def __init__(self, namespace: Namespace, job: str) -> None:
        self._namespace = namespace
        self._job = job
        self._read: dict[tuple[str, str], int] = {}
        self.reasons: dict[str, str] = {}
        """The reason that each failed pod gave, by the name of the pod."""

    def events(self, pods: list[Object]) -> Iterator[Event]:
        """Reads the events that were logged since the last call."""
        for pod in pods:
            for container in _containers(pod):
                yield from self._events(pod["metadata"]["name"], container)

    def _events(self, pod: str, container: str) -> Iterator[Event]:
        # A log has a few lines for each trial, so it is read whole: no position can be lost.
        whole, _, _ = self._namespace.log(pod, container).rpartition("\n")
        lines = whole.splitlines()
        read = self._read.get((pod, container), 0)
        for line in lines[read:]:
            if (event := parse_event(line.encode())) is None:
                continue
            if event["event"] == FAILED:
                self.reasons[pod] = str(event.get("reason", ""))
            yield event
        self._read[pod, container] = max(len(lines), read)

    def pods(self) -> list[Object]:
        """Lists the pods of the Job, the oldest first."""
        return self._namespace.pods(f"{NAME_LABEL}={self._job}")

    def troubles(self, pods: list[Object]) -> list[str]:
        """Describes pods that failed or do not start to run."""
        found = []
        for number, pod in enumerate(pods, start=1):
            name = pod["metadata"]["name"]
            if how := failure(pod):
                # The failure of the last pod is either the Job's own, or another pod follows.
                if number < len(pods):
                    why = self.reasons.get(name) or how
                    found.append(f"{name} failed, the Job goes on with another pod: {why}")
            elif what := waiting_reason(pod):
                found.append(f"{name} waits: {what}{self._remedy(what)}")
        return found

    def _remedy(self, waiting: str) -> str:
        """Says what a person can do about a pod that does not start by itself."""
        remedy = next((do for what, do in REMEDIES.items() if waiting.startswith(what)), "")
        where = f"--context {self._namespace.context} --namespace {self._namespace.name}"
        stop = f"kubectl delete job {self._job} {where}"
        return f"; it does not start before {remedy}, or is stopped by: {stop}" if remedy else ""

    def error(self, pods: list[Object], said: str, *, with_log: bool = False) -> RookeryError:
        """Makes the error of a Job that failed, from the reason that its last failed pod gave.

        If the pod gave no reason, or if asked to, it adds the end of the pod's log.
        """
        failed = [pod for pod in pods if failure(pod)]
        kind = Refused if exit_code(pods) == Refused.exit_code else Unavailable
        if not failed:
            return kind(f"Job {self._job} failed: {said}")
        name = failed[-1]["metadata"]["name"]
        reason = self.reasons.get(name, "")
        text = f"Job {self._job} failed: {reason or f'{said}; {failure(failed[-1])}'}"
        if with_log or not reason:
            containers = _containers(failed[-1])
            for container in containers:
                whose = name if len(containers) == 1 else f"{name}, {container}"
                tail = "\n".join(self._namespace.log(name, container).splitlines()[-TAIL:])
                text += f"\nThe end of the log of {whose}:\n{tail}"
        return kind(text)


def _containers(pod: Object) -> list[str]:
    return [container["name"] for container in pod["spec"]["containers"]]


def follow(
    namespace: Namespace,
    job: str,
    on_event: Callable[[Event], None],
    on_trouble: Callable[[str], None],
    outage: float = OUTAGE_SECONDS,
) -> None:
    """Follows the Job until it is complete; passes on the events and the troubles of its pods.

    Raises:
        Refused: it failed and the same input will never work, or there is no such Job.
        NoAnswer: the API server has not answered for `outage` seconds; the Job may go on.
        Unavailable: it failed and a retry may help, or it was deleted before it ended.
    """
    logs = JobLogs(namespace, job)
    namespace.job(job)
    told: set[str] = set()
    heard = time.monotonic()
    end: Ending | None = None
    pods: list[Object] = []
    while end is None:
        try:
            end, pods = _state(namespace, job, logs, on_event)
            heard = time.monotonic()
            troubles = [] if end else logs.troubles(pods)
        except NoAnswer as error:
            if time.monotonic() - heard >= outage:
                raise
            troubles = [f"{error}; waiting for it, the Job goes on"]
        for trouble in troubles:
            if trouble not in told:
                on_trouble(trouble)
                told.add(trouble)
        if end is None:
            time.sleep(POLL_SECONDS)
    if not end.succeeded:
        raise logs.error(pods, end.reason)


def _state(
    namespace: Namespace, job: str, logs: JobLogs, on_event: Callable[[Event], None]
) -> tuple[Ending | None, list[Object]]:
    """Reads how the Job stands and its pods; passes on their new events."""
    try:
        end = ending(namespace.job(job))
    except NotThere:
        raise Unavailable(f"Job {job} was deleted before it ended") from None
    pods = logs.pods()
    for event in logs.events(pods):
        on_event(event)
    return end, pods
