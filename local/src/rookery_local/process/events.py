"""The events in a program's log, read while the program writes them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Event = dict[str, Any]

FAILED = "failed"
"""The last event of a job that failed; it has the `reason` and the `exit` code."""
PART_READY = "part ready"
"""From the supervisor: `part` is ready, after `seconds`."""
STACK_READY = "stack ready"
"""From the supervisor: every part is ready."""
CONCLUDED = "concluded"
"""From the trainer: the gate has decided; with `version`, `decision` and `rule`."""
TRIAL = "trial"
"""From the trainer: one trial is finished, `of` so many."""
ROLLED_BACK = "rolled back"
"""From a rollback: `champion` is the number of the version that is champion now."""
KEPT = "kept"
"""From retention: the sweep `sweep_id` of `model` is kept, for the `reason`."""
IN_DOUBT = "in doubt"
"""From retention: something of `model` is kept although no rule keeps it, for the `reason`."""
WOULD_BE_REMOVED = "would be removed"
"""From a dry run of retention: a sweep that would be removed, with its numbers."""
TO_BE_REMOVED = "to be removed"
"""From retention: a sweep whose removal is about to begin, with its numbers."""
REMOVED = "removed"
"""From retention: the sweep `sweep_id` is removed, with `objects` objects."""
STAYS = "stays"
"""From retention: the sweep `sweep_id` could not be removed this time, for the `reason`."""

FORGOTTEN = "forgotten"
"""From ingest: a row of `model` is erased; `source` may still have it, and `remains` says what."""
READ_FORGOTTEN_ROW = "read a forgotten row"
"""From a retirement: the sweep of `version` has read such a row; `champion` where it serves."""
WAITING = "waiting for "
"""From any program: how the name of an event begins that says what the program waits for."""
RETIRED = "retired"
"""From a retirement: `sweeps` were removed, with these `versions`."""


def failure_reason(event: Event) -> str:
    """Reads why the program of a `failed` event failed.

    An error that the program cannot explain has no reason; then it is the last line of the
    traceback.
    """
    if reason := str(event.get("reason", "")):
        return reason
    said = str(event.get("exception", "")).strip().splitlines()
    return said[-1].strip() if said else ""


def waited_for(events: Iterable[Event]) -> str:
    """Reads from the last event what the program waits for, such as `a slot`; empty if it works."""
    last = ""
    for event in events:
        last = str(event["event"])
    return last.removeprefix(WAITING) if last.startswith(WAITING) else ""


class Events:
    """Follows a log from its present end; skips lines that are no events, such as warnings."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._offset = log.stat().st_size if log.exists() else 0
        self._partial = b""

    def read(self) -> list[Event]:
        """Reads the events that were written since the last call."""
        try:
            with self._log.open("rb") as stream:
                stream.seek(self._offset)
                fresh = stream.read()
        except FileNotFoundError:
            return []
        self._offset += len(fresh)
        *lines, self._partial = (self._partial + fresh).split(b"\n")
        return [event for line in lines if (event := parse_event(line)) is not None]


def parse_event(line: bytes) -> Event | None:
    """Reads the event in a line; None if the line is no event."""
    try:
        document = json.loads(line)
    except ValueError:
        return None
    return document if isinstance(document, dict) and "event" in document else None
