"""A heartbeat: long work says how far it is, and how long it may take, but not too often."""

import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

import structlog

EVERY_SECONDS = 10.0
"""The least time between two lines of one heartbeat."""

_Result = TypeVar("_Result")

_log = structlog.get_logger()


class Heartbeat:
    """Counts what is done of some work, and writes an event now and then."""

    def __init__(
        self,
        event: str,
        of: int,
        *,
        every: float = EVERY_SECONDS,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._event = event
        self._of = of
        self._every = every
        self._clock = clock or time.monotonic
        self._begun = self._last = self._clock()

    def __call__(self, done: int, **facts: object) -> None:
        """Writes the event with `facts` where the last one was long ago; `done` counts from 0."""
        now = self._clock()
        if now - self._last < self._every:
            return
        self._last = now
        left = seconds_left(now - self._begun, done, self._of)
        _log.info(self._event, done=done, of=self._of, **facts, seconds_left=left)


def seconds_left(elapsed: float, done: int, of: int) -> int | None:
    """Estimates the seconds until `of` are done; None as long as nothing is."""
    return round(elapsed / done * (of - done)) if done else None


def awaited(
    future: Future[_Result], event: str, *, every: float = EVERY_SECONDS, **facts: object
) -> _Result:
    """Returns the future's result; until it is there, writes the event with the seconds so far."""
    begun = time.monotonic()
    while not wait([future], timeout=every).done:
        _log.info(event, **facts, seconds=round(time.monotonic() - begun))
    return future.result()
