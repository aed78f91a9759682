"""Signals that end this program: the first one becomes an exception, so that it can clean up."""

import errno
import os
import signal
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """A signal asks the program to end: Ctrl-C, `kill`, or a terminal that was closed."""

    def __init__(self, number: signal.Signals) -> None:
        super().__init__(number.name)
        self.number = number

    @property
    def was_asked_for(self) -> bool:
        """Says whether it was Ctrl-C, the usual way to end a program that stays in a terminal."""
        return self.number is signal.SIGINT

    @property
    def exit_code(self) -> int:
        """Computes the exit code that shells expect of a program that a signal ended."""
        return 128 + self.number


@contextmanager
def interruptible() -> Iterator[None]:
    """Raises `Interrupted` in the block at the first signal to end; ignores later ones.

    Because these signals have a handler, children start with the default behaviour, even if this
    program was started with some of the signals ignored.
    """
    earlier = {number: signal.signal(number, _interrupt) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


@contextmanager
def ctrl_c_ends() -> Iterator[None]:
    """Ends the block quietly at Ctrl-C, the usual way to end a program that stays in a terminal."""
    try:
        yield
    except Interrupted as interrupted:
        if not interrupted.was_asked_for:
            raise


def _interrupt(number: int, _frame: FrameType | None) -> None:
    for each in ENDING:
        signal.signal(each, _ignore)
    for descriptor in (1, 2):
        if _is_gone(descriptor):
            _discard(descriptor)
    raise Interrupted(signal.Signals(number))


def _is_gone(descriptor: int) -> bool:
    """Says whether what is written there was shown in a terminal that was closed."""
    try:
        termios.tcgetattr(descriptor)
    except termios.error as error:
        return bool(error.args[0] == errno.EIO)
    return False


def _discard(descriptor: int) -> None:
    # Nobody reads it any more, and an error of each further line would end the cleaning up.
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, descriptor)
    os.close(null)


def _ignore(_number: int, _frame: FrameType | None) -> None:
    # A handler and not SIG_IGN, because children would inherit that.
    return
