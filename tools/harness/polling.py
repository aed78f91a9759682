"""Waiting for a server or a condition, as long as a busy machine may need."""

from collections.abc import Callable
from typing import TypeVar

import httpx

from rookery_core.waiting import Wait, poll_until

T = TypeVar("T")
PAUSE = 0.02


def eventually(look: Callable[[], T | None], seconds: float = 90.0, what: str = "it") -> T:
    """Returns what `look` answers as soon as it is true.

    Raises:
        Unavailable: it was not true within `seconds`; the message says `what`.
    """
    return poll_until(
        lambda: look() or None,
        Wait(seconds, PAUSE),
        lambda: f"{what} did not come true within {seconds:g} s",
    )


def answers(url: str) -> bool:
    """Tells whether a GET of the address is answered with 200."""
    try:
        return httpx.get(url, trust_env=False).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
