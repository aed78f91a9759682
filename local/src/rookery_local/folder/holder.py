"""What a lock's file says of the process that holds it: for people, and for `rookery down`.

The lock itself is in the kernel. The file counts only while the lock is held, because a process
that was killed leaves its entry in the file.
"""

import os
import socket
from datetime import UTC, datetime

import psutil
from pydantic import ValidationError

from rookery_core.frozen import Frozen

BYTES = 4096
"""The most that is read of the file; no entry is that long."""
CLOCK_SECONDS = 2.0
"""How far the start time of a process may change between two readings."""


class Holder(Frozen):
    """A process that holds a lock."""

    pid: int
    command: str = "rookery"
    """The command by which a person started it."""
    since: datetime | None = None
    host: str = ""
    """The machine or container in which the process runs."""
    begun: float | None = None
    """When the process began: another process of the same id began at another time."""
    is_up: bool = True
    """Whether the stack is up, and not still starting."""
    is_ending: bool = False
    """Whether the stack is being stopped."""

    @classmethod
    def here(cls, command: str, *, is_up: bool, is_ending: bool = False) -> "Holder":
        """Describes this process."""
        return cls(
            pid=os.getpid(),
            command=command,
            since=datetime.now(UTC),
            host=socket.gethostname(),
            begun=psutil.Process().create_time(),
            is_up=is_up,
            is_ending=is_ending,
        )

    def __str__(self) -> str:
        since = f" since {self.since.astimezone():%Y-%m-%d %H:%M:%S}" if self.since else ""
        host = f" on {self.host}" if self.host not in {"", socket.gethostname()} else ""
        return f"process {self.pid}{host}, `{self.command}`{since}"

    @property
    def state(self) -> str:
        """Says whether the stack is `starting`, `up` or `stopping`."""
        if self.is_ending:
            return "stopping"
        return "up" if self.is_up else "starting"

    @property
    def is_foreign(self) -> bool:
        """Says whether the local process of this id is another one than the holder."""
        if self.begun is None:
            return False
        try:
            return abs(psutil.Process(self.pid).create_time() - self.begun) > CLOCK_SECONDS
        except psutil.NoSuchProcess:
            return False


def read(content: bytes) -> Holder | None:
    """Reads the holder from the content of a lock's file; None if there is none.

    An earlier version wrote the process id alone.
    """
    line = content.partition(b"\n")[0]
    if line.isdigit():
        return Holder(pid=int(line))
    try:
        return Holder.model_validate_json(line)
    except ValidationError:
        return None


def write(descriptor: int, holder: Holder) -> None:
    """Writes the holder into the file; a reader finds the old entry or the new one, never a mix."""
    line = f"{holder.model_dump_json()}\n".encode()
    os.pwrite(descriptor, line, 0)
    os.ftruncate(descriptor, len(line))
