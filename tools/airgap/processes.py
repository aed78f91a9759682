"""Processes that earlier runs left: found by what they are, not by a remembered id alone."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from tools.failure import ToolError

SHIM = "containerd-shim"
PATIENCE = 60.0
POLL = 0.2
ZOMBIE = "Z"


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    """Waits for the condition, and tells whether it came true in that time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(POLL)
    return False


def named(file: Path, name: str) -> int | None:
    """Returns the id in the file if a living process of that name has it; ids are used again."""
    try:
        pid = int(file.read_text())
        running, state, _ = _status(Path(f"/proc/{pid}"))
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return None
    return pid if running == name and state != ZOMBIE else None


def end(file: Path, name: str) -> None:
    """Ends the process that the file names, and deletes the file."""
    pid = named(file, name)
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        if not within(PATIENCE, lambda: named(file, name) is None):
            raise ToolError(f"{name} ({pid}) does not stop; end it and try again")
    file.unlink(missing_ok=True)


def kill_containers(socket: Path) -> None:
    """Kills every container that a containerd at this socket once started.

    Each is the child of a shim, which outlives a killed containerd and keeps a new one waiting.
    """
    shims = list(_shims(socket))
    for pid in (*(child for shim in shims for child in _children(shim)), *shims):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    if not within(PATIENCE, lambda: not any(_shims(socket))):
        raise ToolError(f"containers at {socket} do not end; restart the machine")


def _shims(socket: Path) -> Iterator[int]:
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            words = (process / "cmdline").read_text(errors="replace").split("\0")
            if SHIM in Path(words[0]).name and str(socket) in words:
                yield int(process.name)


def _children(parent: int) -> Iterator[int]:
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if _status(process)[2] == parent:
                yield int(process.name)


def _status(process: Path) -> tuple[str, str, int]:
    """Reads its name, state and parent; the name is in parentheses and may hold spaces and more."""
    before, _, after = (process / "stat").read_text().rpartition(")")
    state, parent, *_ = after.split()
    return before.partition("(")[2], state, int(parent)
