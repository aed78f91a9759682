"""Waiting for other servers: a bounded poll that says once what it waits for."""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from rookery_mlflow.failure import Unready

INTERVAL = 0.5


def event(name: str, **facts: object) -> None:
    """One JSON line on standard error, as every program of Rookery writes them."""
    line = {"event": name, "level": "info", "timestamp": datetime.now(UTC).isoformat(), **facts}
    sys.stderr.write(f"{json.dumps(line)}\n")
    sys.stderr.flush()


class Patience:
    """Until when everything has to be there."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._deadline = time.monotonic() + seconds

    def until(self, what: str, fault: Callable[[], str | None]) -> None:
        """`fault` found none; each new reason is said once.

        Raises:
            Unready: with the last reason, when the time is up.
        """
        said = None
        while (reason := fault()) is not None:
            if time.monotonic() >= self._deadline:
                raise Unready(f"{what} is not there after {self.seconds:g} s: {reason}")
            if reason != said:
                event(f"waiting for {what}", reason=reason)
                said = reason
            time.sleep(INTERVAL)
