"""Failpoints: named points between two effects, where a process may die and another one goes on."""

import structlog

_log = structlog.get_logger()


def failpoint(name: str, **of: str) -> None:
    """Writes the event `step` to the log; the tests kill or stop the process there."""
    _log.debug("step", step=name, **of)
