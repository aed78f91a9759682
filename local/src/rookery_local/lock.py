"""The lock on a state folder: one stack at a time."""

import fcntl
import os
import time
from pathlib import Path

from rookery_core.errors import Refused

PATIENCE_SECONDS = 1.0
POLL_SECONDS = 0.05


class StackLock:
    """The system frees the lock when its last holder is gone, however that went."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    @property
    def descriptor(self) -> int:
        """The open file behind the lock, for a child that shall hold it as well."""
        assert self._descriptor is not None, "the lock is not held"
        return self._descriptor

    def take(self, seconds: float = PATIENCE_SECONDS) -> bool:
        """Whether the lock is ours now; waits up to `seconds` for it."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + seconds
        while not _try(descriptor):
            if time.monotonic() > deadline:
                os.close(descriptor)
                return False
            time.sleep(POLL_SECONDS)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        self._descriptor = descriptor
        return True

    def demand(self) -> None:
        """The lock is ours.

        Raises:
            Refused: where another stack of this folder is up.
        """
        if not self.take():
            raise Refused(
                f"a stack is already up in {self.path.parent} (process {holder(self.path)}); "
                "`rookery down` stops it, `rookery status` shows it, "
                "--home starts another one elsewhere"
            )

    def release(self) -> None:
        """The lock is given up, unless a child holds it still."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def holder(path: Path) -> int | None:
    """The process that took the lock and holds it; None where nobody does."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        text = os.read(descriptor, 32).decode()
        return int(text) if text.isdecimal() else None
    else:
        return None
    finally:
        os.close(descriptor)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
