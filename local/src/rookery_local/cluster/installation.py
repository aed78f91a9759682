"""An installation under way, watched while helm waits for it."""

from rookery_local.cluster import rollout
from rookery_local.cluster.following import Following
from rookery_local.cluster.job_state import ending
from rookery_local.cluster.namespace import Namespace, Object
from rookery_local.job_progress import JobProgress
from rookery_local.report import Step


class Installation:
    """Watches an installation while helm waits for it."""

    def __init__(self, namespace: Namespace, step: Step) -> None:
        self._namespace = namespace
        self._step = step
        self._jobs: dict[str, _JobNote] = {}
        self.said = ""
        """The last note."""

    def look(self) -> None:
        """The step says how far it is.

        Raises:
            RookeryError: of a Job that failed, with the end of its log: helm would go on waiting.
        """
        deployments = self._namespace.deployments(rollout.RELEASE)
        jobs = self._namespace.jobs(rollout.RELEASE)
        found = rollout.readiness(deployments, jobs)
        if not found.ready and not found.waiting:
            return
        pods = self._namespace.pods(rollout.RELEASE)
        words = {}
        for job in jobs:
            name = job["metadata"]["name"]
            if name in found.failed:
                self._raise(name, job)
            if name in found.waiting:
                words[name] = self._jobs.setdefault(name, _JobNote(self._namespace, name)).look()
        said = rollout.note(found, pods, words)
        if said != self.said:
            self.said = said
            self._step.advance(len(found.ready), len(found.ready) + len(found.waiting), said)

    def _raise(self, name: str, job: Object) -> None:
        following = Following(self._namespace, name)
        pods = following.pods()
        for _ in following.events(pods):
            pass
        end = ending(job)
        assert end is not None
        raise following.error(pods, end.reason, with_log=True)


class _JobNote:
    """How far a Job is, in a few words."""

    def __init__(self, namespace: Namespace, job: str) -> None:
        self._following = Following(namespace, job)
        self._progress = JobProgress(self)
        self._text = ""

    def look(self) -> str:
        """The words of this moment; none where it has not said anything."""
        for event in self._following.events(self._following.pods()):
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
