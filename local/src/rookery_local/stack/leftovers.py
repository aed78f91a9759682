"""Processes of a stack, found by the mark that each has in its environment."""

import os
import signal
import time
from pathlib import Path

import psutil

from rookery_local.folder.home import MARK

GRACE_SECONDS = 10.0
POLL_SECONDS = 0.1


def marked(root: Path) -> list[psutil.Process]:
    """Finds the processes of the stack in `root`, jobs included."""
    return [process for process in psutil.process_iter() if _carries(process, str(root))]


def stop_leftovers(root: Path, grace: float = GRACE_SECONDS) -> int:
    """Stops all processes of the stack in `root`; returns how many there were.

    They are asked to stop first, and killed if they still run after `grace` seconds.
    """
    asked: set[psutil.Process] = set()
    deadline = time.monotonic() + grace
    # Repeated, because a process that is still at work may start another one.
    while (left := marked(root)) and time.monotonic() < deadline + grace:
        grace_is_over = time.monotonic() > deadline
        for process in left:
            if grace_is_over:
                _send(process, signal.SIGKILL)
            elif process not in asked:
                # After SIGTERM, a PostgreSQL server would wait for its clients.
                _send(process, signal.SIGINT if _is_postgres(process) else signal.SIGTERM)
        asked.update(left)
        time.sleep(POLL_SECONDS)
    return len(asked)


def users(path: Path) -> list[int]:
    """Lists the other processes that have the file open, as far as this user may see them."""
    return [
        process.pid
        for process in psutil.process_iter()
        if process.pid != os.getpid() and _has_open(process, str(path))
    ]


def _has_open(process: psutil.Process, path: str) -> bool:
    try:
        return any(each.path == path for each in process.open_files())
    except psutil.Error:
        return False


def _carries(process: psutil.Process, root: str) -> bool:
    try:
        return process.environ().get(MARK) == root
    except psutil.Error:
        # Another user's process, or one that has ended.
        return False


def _is_postgres(process: psutil.Process) -> bool:
    try:
        return process.name() == "postgres"
    except psutil.Error:
        return False


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.Error:
        # It has ended in the meantime.
        return
