"""Who holds a lock, as the lock's file says it: for people, and for the command that ends it.

The lock itself is the kernel's. What the file says counts only while the lock is held: a process
that was killed leaves its last word there.
"""

import os
import socket
from datetime import UTC, datetime

import psutil
from pydantic import ValidationError

from rookery_core.frozen import Frozen

BYTES = 4096
"""More than any holder says of itself."""
CLOCK_SECONDS = 2.0
"""By how much a machine's idea of when a process began may move."""


class Holder(Frozen):
    """A process that took a lock."""

    pid: int
    command: str = "rookery"
    """How a person started it."""
    since: datetime | None = None
    host: str = ""
    """The machine, or the container, that the process is one of."""
    begun: float | None = None
    """When the process itself began, as the system tells it: another one of this id began later."""
    is_up: bool = True
    """Whether the stack is up, and not on its way there."""

    @classmethod
    def here(cls, command: str, *, is_up: bool) -> "Holder":
        """This process."""
        return cls(
            pid=os.getpid(),
            command=command,
            since=datetime.now(UTC),
            host=socket.gethostname(),
            begun=psutil.Process().create_time(),
            is_up=is_up,
        )

    def __str__(self) -> str:
        since = f" since {self.since.astimezone():%Y-%m-%d %H:%M:%S}" if self.since else ""
        host = f" on {self.host}" if self.host not in {"", socket.gethostname()} else ""
        return f"process {self.pid}{host}, `{self.command}`{since}"

    @property
    def is_foreign(self) -> bool:
        """Whether the process of this id here is another one: the holder is elsewhere, or gone."""
        if self.begun is None:
            return False
        try:
            return abs(psutil.Process(self.pid).create_time() - self.begun) > CLOCK_SECONDS
        except psutil.NoSuchProcess:
            return False


def read(content: bytes) -> Holder | None:
    """The holder in the content of a lock's file; None where it is not told.

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
    """The file says who holds it; who reads meanwhile finds the old line or the new one, whole."""
    line = f"{holder.model_dump_json()}\n".encode()
    os.pwrite(descriptor, line, 0)
    os.ftruncate(descriptor, len(line))
