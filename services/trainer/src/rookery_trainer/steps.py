"""Steps: the points between which a process may die and another one goes on."""

import structlog

_log = structlog.get_logger()


def step(name: str, **of: str) -> None:
    """The log says which step comes next, and of what; the tests kill the process there."""
    _log.debug("step", step=name, **of)
