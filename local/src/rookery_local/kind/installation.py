"""An installation under way, watched while helm waits for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rookery_local.cluster.deployments import RELEASE, rolled_out
from rookery_local.cluster.job_logs import JobLogs
from rookery_local.cluster.job_state import ending, waiting_reason
from rookery_local.cluster.namespace import Namespace, Object
from rookery_local.console.report import Step
from rookery_local.jobs.job_progress import JobProgress


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


def note(readiness: Readiness, pods: Sequence[Object], words: Mapping[str, str]) -> str:
    """What is waited for, with the words of a Job where it has some, and what stands in a pod's
    way."""
    names = [f"{name} ({words[name]})" if words.get(name) else name for name in readiness.waiting]
    obstacles = [
        f"{pod['metadata']['name']}: {what}" for pod in pods if (what := waiting_reason(pod)) != ""
    ]
    waiting = ["waiting for " + ", ".join(names)] if names else []
    return "; ".join([*waiting, *obstacles[:1]])


class Installation:
    """Watches an installation while helm waits for it."""

    def __init__(self, namespace: Namespace, step: Step) -> None:
        self._namespace = namespace
        self._step = step
        self._jobs: dict[str, _JobNote] = {}
        self.said = ""
        """The last note."""

    def poll(self) -> None:
        """The step says how far it is.

        Raises:
            RookeryError: of a Job that failed, with the end of its log: helm would go on waiting.
        """
        deployments = self._namespace.deployments(RELEASE)
        jobs = self._namespace.jobs(RELEASE)
        found = readiness(deployments, jobs)
        if not found.ready and not found.waiting:
            return
        pods = self._namespace.pods(RELEASE)
        words = {}
        for job in jobs:
            name = job["metadata"]["name"]
            if name in found.failed:
                self._raise(name, job)
            if name in found.waiting:
                words[name] = self._jobs.setdefault(name, _JobNote(self._namespace, name)).poll()
        said = note(found, pods, words)
        if said != self.said:
            self.said = said
            self._step.advance(len(found.ready), len(found.ready) + len(found.waiting), said)

    def _raise(self, name: str, job: Object) -> None:
        logs = JobLogs(self._namespace, name)
        pods = logs.pods()
        for _ in logs.events(pods):
            pass
        end = ending(job)
        assert end is not None
        raise logs.error(pods, end.reason, with_log=True)


class _JobNote:
    """How far a Job is, in a few words."""

    def __init__(self, namespace: Namespace, job: str) -> None:
        self._logs = JobLogs(namespace, job)
        self._progress = JobProgress(self)
        self._text = ""

    def poll(self) -> str:
        """The words of this moment; none where it has not said anything."""
        for event in self._logs.events(self._logs.pods()):
            self._progress(event)
        return self._text

    def advance(self, done: int, of: int, note: str = "") -> None:
        """As of a step."""
        self._text = f"{done}/{of} {note}".rstrip()

    def note(self, text: str) -> None:
        """As of a step."""
        self._text = text

    def conclude(self, note: str) -> None:
        """As of a step."""
        self._text = note
