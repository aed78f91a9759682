"""Steps: long work that pauses every few milliseconds, so that others may have their turn."""

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")
Steps = Generator[None, None, T]
"""Work that yields where others may have their turn, and returns its result."""


def at_once(steps: Steps[T]) -> T:
    """Answers the result of `steps`, done without a pause: for work that is short."""
    while True:
        try:
            next(steps)
        except StopIteration as done:
            result: T = done.value
            return result
