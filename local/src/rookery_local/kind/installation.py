"""An installation or upgrade by helm, with its progress while helm waits for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rookery_core.errors import Unavailable
from rookery_local.cluster.deployments import RELEASE, rolled_out
from rookery_local.cluster.job_logs import JobLogs
from rookery_local.cluster.job_state import ending, waiting_reason
from rookery_local.cluster.namespace import Namespace, Object
from rookery_local.console.report import Report, Step
from rookery_local.jobs.job_progress import JobProgress
from rookery_local.kind import programs
from rookery_local.kind.programs import ProgramFailed
from rookery_local.kind.release import Release


def install(
    release: Release, namespace: Namespace, report: Report, values: Path | None = None
) -> None:
    """Installs the release, or upgrades it with further values; returns when all of it is ready.

    Raises:
        Refused: another helm works on it, or a Job found that it will never succeed.
        Unavailable: helm failed; with what it said.
    """
    state = release.state()
    if state is not None:
        _clear(namespace)
    with report.step("helm install" if state is None else "helm upgrade") as step:
        installation = Installation(namespace, step)
        try:
            programs.watched(release.command(state, values), installation.poll)
        except ProgramFailed as error:
            # If a Job failed and helm noticed it first, this raises its error with its log.
            installation.poll()
            raise Unavailable(f"{error}\n{installation.said}".rstrip()) from None


def _clear(namespace: Namespace) -> None:
    """Deletes failed Jobs of an earlier installation, so that helm creates them again."""
    for job in namespace.jobs(RELEASE):
        end = ending(job)
        if is_charts(job) and end is not None and not end.succeeded:
            namespace.delete("Job", job["metadata"]["name"])


@dataclass(frozen=True)
class Readiness:
    """Which Deployments and Jobs of an installation are ready."""

    ready: tuple[str, ...]
    waiting: tuple[str, ...]
    failed: tuple[str, ...]
    """Jobs that failed, so that the installation cannot succeed."""


def readiness(deployments: Iterable[Object], jobs: Iterable[Object]) -> Readiness:
    """Sorts the Deployments, and the Jobs that the chart itself made, by whether they are ready."""
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
    """Says whether the chart itself made the Job, and not a CronJob or a person from one."""
    return not job["metadata"].get("ownerReferences")


def note(readiness: Readiness, pods: Sequence[Object], words: Mapping[str, str]) -> str:
    """Describes what is waited for: the progress of its Jobs, and why a pod does not run."""
    names = [f"{name} ({words[name]})" if words.get(name) else name for name in readiness.waiting]
    obstacles = [
        f"{pod['metadata']['name']}: {what}" for pod in pods if (what := waiting_reason(pod)) != ""
    ]
    waiting = ["waiting for " + ", ".join(names)] if names else []
    return "; ".join([*waiting, *obstacles[:1]])


class Installation:
    """Reports the progress of an installation to a step."""

    def __init__(self, namespace: Namespace, step: Step) -> None:
        self._namespace = namespace
        self._step = step
        self._jobs: dict[str, _JobNote] = {}
        self.said = ""
        """The note that was reported last."""

    def poll(self) -> None:
        """Reports the present progress to the step.

        Raises:
            RookeryError: a Job failed, for which helm would go on waiting; with the end of its log.
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
    """The progress of a Job in a few words."""

    def __init__(self, namespace: Namespace, job: str) -> None:
        self._logs = JobLogs(namespace, job)
        self._progress = JobProgress(self)
        self._text = ""

    def poll(self) -> str:
        """Reads new events and returns the progress; empty if there was none yet."""
        for event in self._logs.events(self._logs.pods()):
            self._progress(event)
        return self._text

    def advance(self, done: int, of: int, note: str = "") -> None:
        """As of a step."""
        self._text = f"{done}/{of} {note}".rstrip()

    def note(self, text: str) -> None:
        """As of a step."""
        self._text = text

    def warn(self, text: str) -> None:
        """As of a step."""
        self._text = text

    def conclude(self, note: str) -> None:
        """As of a step."""
        self._text = note
