"""Jobs made from the release's templates, as `kubectl create job` makes them."""

from dataclasses import dataclass
from typing import Literal

from tests.e2e.support.cluster import Namespace, Object, until

PATIENCE = 420.0
"""Seconds that a sweep may take on two busy cores."""
Ending = Literal["Complete", "Failed"]


@dataclass(frozen=True)
class Job:
    """One Job of a namespace."""

    namespace: Namespace
    name: str

    @property
    def uid(self) -> str:
        """Returns its UID, which names its sweep."""
        return str(self.namespace.get("job", self.name)["metadata"]["uid"])

    def ending(self) -> Ending:
        """Waits for its end, and returns how it ended."""

        def look() -> Ending | None:
            status = self.namespace.get("job", self.name)["status"]
            held = {
                each["type"] for each in status.get("conditions", ()) if each["status"] == "True"
            }
            for ending in ("Complete", "Failed"):
                if ending in held:
                    return ending
            return None

        return until(f"the end of job {self.name}", look, PATIENCE)

    def complete(self) -> None:
        """Waits until it is complete; fails if the Job failed."""
        ending = self.ending()
        assert ending == "Complete", f"job {self.name} failed: {self.exit_codes()}"

    def pods(self) -> list[Object]:
        """Returns its pods, also ended ones."""
        return self.namespace.list("pods", f"batch.kubernetes.io/job-name={self.name}")

    def exit_codes(self) -> list[int]:
        """Returns the exit code of each ended pod's program."""
        return [
            each["state"]["terminated"]["exitCode"]
            for pod in self.pods()
            for each in pod["status"].get("containerStatuses", ())
            if "terminated" in each["state"]
        ]


def create(namespace: Namespace, name: str, template: str) -> Job:
    """Creates a Job of that name from a CronJob of the release."""
    namespace.kubectl("create", "job", name, f"--from=cronjob/{template}")
    return Job(namespace, name)
