"""The progress of a transfer, by the bytes that were sent."""

from rookery_local.console.report import Step

EVERY_PERCENT = 10


class ByteProgress:
    """Moves a step with each tenth of the bytes."""

    def __init__(self, step: Step, size: int) -> None:
        self.sent = 0
        self._step = step
        self._size = max(1, size)
        self._told = 0

    def __call__(self, count: int) -> None:
        """Adds the bytes that were sent since the last call."""
        self.sent += count
        percent = 100 * self.sent // self._size
        if percent >= self._told + EVERY_PERCENT:
            self._step.advance(percent, 100, "%")
            self._told = percent
