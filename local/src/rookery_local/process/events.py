"""The events in a program's log, read while it is being written."""

import json
from pathlib import Path
from typing import Any

Event = dict[str, Any]

FAILED = "failed"
"""A job's last event where it did not succeed; says the `reason` and the `exit` code."""
PART_READY = "part ready"
"""Of the supervisor: `part` is ready, after `seconds`."""
STACK_READY = "stack ready"
"""Of the supervisor: every part is."""
CONCLUDED = "concluded"
"""Of the trainer: the gate has decided; says `version`, `decision` and `rule`."""
TRIAL = "trial"
"""Of the trainer: one trial `of` so many is finished."""
ROLLED_BACK = "rolled back"
"""Of a rollback: `champion` is the number of the version that is champion now."""
KEPT = "kept"
"""Of retention: the sweep `sweep_id` of `model` stays for the `reason`."""
IN_DOUBT = "in doubt"
"""Of retention: what stays of `model` although no rule keeps it, and why: the `reason`."""
WOULD_BE_REMOVED = "would be removed"
"""Of retention's dry run: the sweep and how much came of it."""
TO_BE_REMOVED = "to be removed"
"""As of a dry run, in earnest: the removal is about to begin."""
REMOVED = "removed"
"""Of retention: the sweep `sweep_id` is gone, with `objects` objects."""
STAYS = "stays"
"""Of retention: the sweep `sweep_id` could not be removed this time, for the `reason`."""


class Events:
    """Follows a log from its present end; what is no event, such as a warning, is passed over."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._offset = log.stat().st_size if log.exists() else 0
        self._partial = b""

    def read(self) -> list[Event]:
        """The events since the last call."""
        try:
            with self._log.open("rb") as stream:
                stream.seek(self._offset)
                fresh = stream.read()
        except FileNotFoundError:
            return []
        self._offset += len(fresh)
        *lines, self._partial = (self._partial + fresh).split(b"\n")
        return [event for line in lines if (event := parsed(line)) is not None]


def parsed(line: bytes) -> Event | None:
    """The event of a line; None where the line is none."""
    try:
        document = json.loads(line)
    except ValueError:
        return None
    return document if isinstance(document, dict) and "event" in document else None
