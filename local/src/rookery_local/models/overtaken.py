"""What has read a forgotten row, and what became of it, as the events of the Jobs tell it."""

from dataclasses import dataclass, field

from rookery_core.errors import Refused
from rookery_local.process.events import KEPT, READ_FORGOTTEN_ROW, WOULD_BE_REMOVED, Event

REJECTED = "rejected"


@dataclass
class Overtaken:
    """What has read a forgotten row, as the events of a retirement tell it."""

    versions: dict[str, str] = field(default_factory=dict)
    """The run of each version."""
    champion: str | None = None
    """The version of them that serves."""
    sweeps: int = 0

    def __call__(self, event: Event) -> None:
        """Takes note of an event."""
        if event["event"] == READ_FORGOTTEN_ROW:
            version = str(event["version"])
            self.versions[version] = str(event["run_id"])
            if event["champion"]:
                self.champion = version
        elif event["event"] in (WOULD_BE_REMOVED, KEPT):
            self.sweeps += 1

    def lines(self, model: str) -> list[str]:
        """Writes a line for each version."""
        return [
            f"Version {version} of {model} has read the row (run {run_id})"
            f"{'; it is the champion' if version == self.champion else ''}"
            for version, run_id in self.versions.items()
        ]


def erased(event: Event) -> str:
    """Writes what ingest has erased."""
    known = event["first_batch"] is not None
    return f"{event['rows']} rows erased" if known else "no batch has such a row"


def retired(event: Event) -> str:
    """Writes what a retirement has removed."""
    versions = ", ".join(map(str, event["versions"])) or "none"
    return f"versions {versions}, sweeps {event['sweeps']}"


def rejected(model: str, champion: str, reason: str) -> Refused:
    """Makes the error where the gate rejects what would take the champion's place."""
    return Refused(
        f"the row is erased from the data of {model}, but version {champion}, which has read it, "
        f"serves on: the gate rejects the version that was trained without the row ({reason}).\n"
        "To go on, write `gate: {policy: always}` into the spec, then give the same command: it "
        "promotes the best of a new sweep. Or change in the spec what makes a better model; more "
        "rows help too"
    )
