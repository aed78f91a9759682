"""How long until the next poll of the registry, and until a refused version is fetched again."""

import time
from dataclasses import dataclass

from rookery_api.base.settings import ApiSettings
from rookery_api.registry.tracking_client import RegisteredVersion


def pause(settings: ApiSettings, failures: int, chance: float) -> float:
    """Computes the seconds until the next poll, after so many polls in a row that failed.

    `chance`, from 0 to 1, spreads the replicas, so that they do not ask in step: 70 % to 100 % of
    `poll_seconds`, doubled with each failure after the first, `poll_backoff_seconds` at most.
    """
    longest = settings.poll_seconds
    if failures:
        longest = min(longest * 2.0 ** min(failures - 1, 10), settings.poll_backoff_seconds)
    return longest * (0.7 + 0.3 * chance)


@dataclass(frozen=True)
class Refusal:
    """A version that did not verify: it is fetched again, less and less often."""

    named: RegisteredVersion
    pause: float
    """Seconds between this refusal and the next attempt."""
    until: float
    """On the monotonic clock."""

    @classmethod
    def after(cls, earlier: "Refusal | None", named: RegisteredVersion) -> "Refusal":
        """Makes the refusal of `named` now."""
        again = earlier is not None and earlier.named == named
        pause = min(2 * earlier.pause, 60.0) if again and earlier is not None else 1.0
        return cls(named, pause, time.monotonic() + pause)

    def due(self, named: RegisteredVersion) -> bool:
        """Tells whether `named` is worth an attempt now."""
        return named != self.named or time.monotonic() >= self.until
