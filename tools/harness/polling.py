"""Waiting for a condition, with a deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

import httpx

T = TypeVar("T")
PAUSE = 0.02


def poll_until(look: Callable[[], T | None], seconds: float = 90.0, what: str = "it") -> T:
    """Returns what `look` answers as soon as it is true.

    Raises:
        AssertionError: it was not true within `seconds`; the message says `what`.
    """
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {seconds:g} s")
        time.sleep(PAUSE)
    return found


def answers(url: str) -> bool:
    """Tells whether a GET of the address is answered with 200."""
    try:
        return httpx.get(url, trust_env=False).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
