"""A deadline for the end of the process: no thread can hold it up."""

import os
import sys
import threading

import structlog

log = structlog.get_logger()

SPARE_SECONDS = 3.0
"""Seconds that the process may take to close after its last request; a pod has 5."""


def exit_within(seconds: float) -> None:
    """Ends the process with 0 after so many seconds, if it has not ended by itself.

    Python waits at its end for every thread of a pool, and a thread within the runtime cannot be
    interrupted.
    """
    threading.Thread(target=_exit_after, args=(seconds,), daemon=True, name="end").start()


def _exit_after(seconds: float) -> None:
    threading.Event().wait(seconds)
    log.warning("a thread is still computing; the process ends without it")
    sys.stderr.flush()
    os._exit(0)
