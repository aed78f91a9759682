"""The locks on a state folder: one stack at a time, and one set of servers on its data."""

import fcntl
import os
import pwd
import time
from pathlib import Path

from rookery_core.errors import Refused
from rookery_local.folder import holder as holders
from rookery_local.folder.holder import Holder

LOCK_SECONDS = 1.0
POLL_SECONDS = 0.05


class FolderLock:
    """A lock on a file. The kernel frees it when its last holder is gone, even by SIGKILL."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    @classmethod
    def inherited(cls, path: Path, descriptor: int) -> "FolderLock":
        """Takes over the lock that the parent process took and left open for this one."""
        lock = cls(path)
        lock._descriptor = descriptor
        os.set_inheritable(descriptor, False)
        return lock

    @property
    def descriptor(self) -> int:
        """The open file of the lock, for a child that has to hold the lock too."""
        assert self._descriptor is not None, "the lock is not held"
        return self._descriptor

    def take(self, seconds: float = LOCK_SECONDS) -> bool:
        """Tries for up to `seconds` to take the lock; returns whether it is taken.

        Raises:
            Refused: the file cannot be opened, for example because it is another user's.
        """
        descriptor = _open(self.path, os.O_RDWR | os.O_CREAT)
        deadline = time.monotonic() + seconds
        while not _try(descriptor):
            if time.monotonic() > deadline:
                os.close(descriptor)
                return False
            time.sleep(POLL_SECONDS)
        self._descriptor = descriptor
        return True

    def sign(self, command: str = "", *, is_up: bool = False, is_ending: bool = False) -> None:
        """Writes into the file that this process holds the lock, by which command, and the state.

        Without a command, it keeps the command of the process that signed before.
        """
        if not command:
            signed = holders.read(os.pread(self.descriptor, holders.BYTES, 0))
            command = signed.command if signed else Holder.model_fields["command"].default
        holders.write(self.descriptor, Holder.here(command, is_up=is_up, is_ending=is_ending))

    def close(self) -> None:
        """Gives up the lock, unless a child still holds it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def holder(path: Path) -> Holder | None:
    """Reads who holds the lock; None if nobody does, or if the holder has not signed.

    Raises:
        Refused: the file cannot be opened, for example because it is another user's.
    """
    try:
        descriptor = _open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return holders.read(os.read(descriptor, holders.BYTES))
    else:
        return None
    finally:
        os.close(descriptor)


def _open(path: Path, flags: int) -> int:
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Refused(
            f"the state folder {path.parent} cannot be used: {_reason(error, path.parent)}, "
            "or choose another one with --home"
        ) from None


def _reason(error: OSError, folder: Path) -> str:
    uid = folder.stat().st_uid
    if isinstance(error, PermissionError) and uid != os.geteuid():
        return f"it belongs to {_name(uid)}; run as that user"
    return f"{error.strerror}; mend that"


def _name(uid: int) -> str:
    try:
        return f"the user {pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"the user with the id {uid}"


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
