"""Patience: a bounded poll and a bounded retry, the one place where a Job sleeps."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog

from rookery_core.errors import Unavailable

T = TypeVar("T")
SAID = 300
"""Characters of an error that an event shows."""


@dataclass(frozen=True)
class Patience:
    """How long to wait for something, and how often to look."""

    seconds: float
    """When to give up."""
    interval: float = 0.5
    """Seconds between two looks."""

    def until(self, look: Callable[[], T | None], otherwise: Callable[[], str]) -> T:
        """The first answer of `look` that is not None.

        Raises:
            Unavailable: with the sentence of `otherwise`, when the time is up.
        """
        deadline = time.monotonic() + self.seconds
        while (answer := look()) is None:
            if time.monotonic() >= deadline:
                raise Unavailable(otherwise())
            time.sleep(self.interval)
        return answer


def retrying(
    request: Callable[[], T], may_pass: Callable[[Exception], bool], patience: Patience, what: str
) -> T:
    """Makes the request again and again while it fails with what may pass, and returns its answer.

    The first failure is logged: `what` does not answer. An error that does not pass is raised at
    once, and one that may pass when patience ends.
    """
    deadline = time.monotonic() + patience.seconds
    is_first = True
    while True:
        try:
            return request()
        except Exception as error:
            if not may_pass(error) or time.monotonic() >= deadline:
                raise
            if is_first:
                structlog.get_logger().warning(
                    f"{what} does not answer, waiting",
                    reason=first_line(error),
                    seconds=patience.seconds,
                )
            is_first = False
        time.sleep(patience.interval)


def first_line(error: Exception) -> str:
    """The beginning of what an error says, short enough for an event."""
    return str(error).partition("\n")[0][:SAID]
