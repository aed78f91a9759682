"""Progress of a long step: an event now and then, with its counts."""

import time

import structlog

EVERY_SECONDS = 1.0


class Progress:
    """Logs the event of a step at most once a second, and once at its end."""

    def __init__(self, event: str, **facts: object) -> None:
        self._log = structlog.get_logger().bind(**facts)
        self._event = event
        self._due = time.monotonic() + EVERY_SECONDS

    def report(self, **counts: int) -> None:
        """Logs how far the step has come, unless it did less than a second ago."""
        if time.monotonic() >= self._due:
            self.done(**counts)

    def done(self, **counts: int) -> None:
        """Logs how far the step has come, at its end for instance."""
        self._log.info(self._event, **counts)
        self._due = time.monotonic() + EVERY_SECONDS
