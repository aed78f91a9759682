"""Patience: a bounded poll, the one place where a Job sleeps."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from rookery_core.errors import Unavailable

T = TypeVar("T")


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
