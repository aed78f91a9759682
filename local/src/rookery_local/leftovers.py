"""Processes of a stack, found by the mark that every one carries in its environment."""

import signal
from pathlib import Path

import psutil

from rookery_local.home import MARK

GRACE_SECONDS = 10.0


def marked(root: Path) -> list[psutil.Process]:
    """The living processes of the stack in `root`, jobs included."""
    return [process for process in psutil.process_iter() if _carries(process, str(root))]


def stop_leftovers(root: Path, grace: float = GRACE_SECONDS) -> int:
    """Nothing of the stack in `root` runs; returns how many processes had to be stopped."""
    found = marked(root)
    for process in found:
        _send(process, signal.SIGINT if _is_postgres(process) else signal.SIGTERM)
    _, stubborn = psutil.wait_procs(found, timeout=grace)
    # Also what was started meanwhile by one that was still at work.
    for process in {*stubborn, *marked(root)}:
        _send(process, signal.SIGKILL)
    psutil.wait_procs(stubborn, timeout=grace)
    return len(found)


def _carries(process: psutil.Process, root: str) -> bool:
    try:
        return process.environ().get(MARK) == root
    except psutil.Error:
        # Another person's process, or one that has just ended.
        return False


def _is_postgres(process: psutil.Process) -> bool:
    # Asked by SIGTERM, a PostgreSQL server would wait for its clients.
    try:
        return process.name() == "postgres"
    except psutil.Error:
        return False


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.Error:
        # It ended in the meantime.
        return
