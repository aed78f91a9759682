"""Signals that end a program: the first one becomes an exception, so that all is put in order."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """Somebody wants the program to end: Ctrl-C, `kill`, or a terminal that was closed."""

    def __init__(self, number: signal.Signals) -> None:
        super().__init__(number.name)
        self.number = number

    @property
    def was_asked_for(self) -> bool:
        """Whether it was Ctrl-C, the usual end of what stays up in a terminal."""
        return self.number is signal.SIGINT

    @property
    def exit_code(self) -> int:
        """What a shell expects of a program that a signal ended."""
        return 128 + self.number


@contextmanager
def interruptible() -> Iterator[None]:
    """Within, the first ending signal raises `Interrupted`; later ones change nothing.

    A handler here also makes sure that children start with the default behaviour, even where
    this program was started with some of the signals ignored.
    """
    earlier = {number: signal.signal(number, _interrupt) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    for each in ENDING:
        signal.signal(each, _ignore)
    raise Interrupted(signal.Signals(number))


def _ignore(_number: int, _frame: FrameType | None) -> None:
    # A handler, not SIG_IGN, which children would inherit.
    return
