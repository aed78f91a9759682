"""The processor time of everything that a block starts, processes that outlive their parent too.

The trainer's workers are children of a fork server, which ends a moment after the trainer: nobody
waits for it, so the system adds its time to nobody's. Within the block such processes become
children of this one, as prctl(2) says of a subreaper, and are waited for.
"""

import ctypes
import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil

from tools.failure import ToolError

_PR_SET_CHILD_SUBREAPER = 36
PATIENCE = 30.0
"""Seconds in which all that was started has to end, once the block has."""


@dataclass
class ProcessorTime:
    """What a block took."""

    seconds: float = 0.0
    """Of this process and of all that the block started; known once the block has ended."""


@contextmanager
def processor_time() -> Iterator[ProcessorTime]:
    """Measures the block; at its end no process is left that it started.

    Processes that this one had before are not waited for.

    Raises:
        ToolError: a process that the block started goes on.
    """
    spent, before = ProcessorTime(), _seconds()
    others = _children()
    _adopt(True)
    try:
        yield spent
        _wait_for_all_but(others)
    finally:
        _adopt(False)
    spent.seconds = _seconds() - before


def _wait_for_all_but(others: set[int]) -> None:
    end = time.monotonic() + PATIENCE
    while started := _children() - others:
        for process in started:
            # One that ends in between may be waited for by whoever started it.
            with suppress(ChildProcessError):
                os.waitpid(process, os.WNOHANG)
        if time.monotonic() > end:
            raise ToolError(
                f"a process that was started still runs after {PATIENCE:.0f} s, so its "
                "processor time is not known; end it and begin again"
            )
        time.sleep(0.05)


def _children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


def _adopt(orphans: bool) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, int(orphans), 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def _seconds() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
