"""Waiting: a poll and a retry with a deadline; the one place where a Job sleeps."""

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
class Wait:
    """How long to wait for something, and how often to try."""

    seconds: float
    """When to give up."""
    interval: float = 0.5
    """Seconds between two attempts."""


def poll_until(look: Callable[[], T | None], wait: Wait, otherwise: Callable[[], str]) -> T:
    """Returns the first answer of `look` that is not None.

    Raises:
        Unavailable: with the sentence of `otherwise`, when the time is up.
    """
    deadline = time.monotonic() + wait.seconds
    while (answer := look()) is None:
        if time.monotonic() >= deadline:
            raise Unavailable(otherwise())
        time.sleep(wait.interval)
    return answer


def retrying(
    request: Callable[[], T], may_pass: Callable[[Exception], bool], wait: Wait, what: str
) -> T:
    """Returns the answer to the request, repeating it while it fails with an error that may pass.

    The log says once that `what` does not answer. An error that may not pass is raised at once;
    one that may pass is raised when the time is up.
    """
    deadline = time.monotonic() + wait.seconds
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
                    seconds=wait.seconds,
                )
            is_first = False
        time.sleep(wait.interval)


def first_line(error: Exception) -> str:
    """Returns the first line of what an error says, short enough for an event.

    Of a long one, the beginning and the end: in a chain of errors the end names the cause.
    """
    line = str(error).partition("\n")[0]
    half = SAID // 2
    return line if len(line) <= SAID else f"{line[: half - 5]} ... {line[-half:]}"
