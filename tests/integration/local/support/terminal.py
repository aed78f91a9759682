"""A terminal with a command in it, as a person would use it."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

CONTROL_C = b"\x03"
ENTER = """
import os, sys
os.close(os.open(os.ttyname(0), os.O_RDWR))
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Makes standard input the controlling terminal, then becomes the program."""


class Terminal:
    """Runs the command in a terminal; kills it at the end of the block."""

    def __init__(self, argv: Sequence[str]) -> None:
        self._own, theirs = pty.openpty()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-c", ENTER, *argv],
                stdin=theirs,
                stdout=theirs,
                stderr=theirs,
                env={name: value for name, value in os.environ.items() if name != "CI"},
                start_new_session=True,
            )
        finally:
            os.close(theirs)
        self._is_open = True
        self._shown = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        if self._is_open:
            os.close(self._own)

    def await_text(self, text: str, seconds: float) -> str:
        """Waits until the terminal shows the text; returns all that it shows."""
        deadline = time.monotonic() + seconds
        while text not in self.shown:
            assert time.monotonic() < deadline, f"no {text!r} within {seconds} s: {self.shown}"
            assert self._read(deadline), f"it ended without {text!r}: {self.shown}"
        return self.shown

    def press(self, keys: bytes) -> None:
        """Types the keys."""
        os.write(self._own, keys)

    def send(self, number: signal.Signals) -> None:
        """Sends a signal to the command."""
        self._process.send_signal(number)

    def close(self, seconds: float) -> int:
        """Closes the window; returns the exit code of the command."""
        os.close(self._own)
        self._is_open = False
        return self._process.wait(seconds)

    def finish(self, seconds: float) -> int:
        """Waits for the end of the command; returns its exit code."""
        deadline = time.monotonic() + seconds
        while self._read(deadline):
            assert time.monotonic() < deadline, f"it runs on after {seconds} s: {self.shown}"
        return self._process.wait(max(1.0, deadline - time.monotonic()))

    @property
    def shown(self) -> str:
        """All that the terminal has shown so far."""
        return self._shown.decode(errors="replace")

    def _read(self, deadline: float) -> bool:
        """Reads what is shown next; returns False if nothing can be written any more."""
        ready, _, _ = select.select([self._own], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return True
        try:
            fresh = os.read(self._own, 65536)
        except OSError:
            # So Linux says that the last writer has closed the terminal.
            return False
        self._shown += fresh
        return bool(fresh)
