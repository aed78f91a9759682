"""Processes of tests: started, waited for, stopped and resumed."""

import os
import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from typing import TypeVar

import psutil

from rookery_core.waiting import Wait, poll_until

T = TypeVar("T")
PRELOADED = (
    "tests.integration.trainer.support.promotion_processes",
    "tests.integration.trainer.support.sweep_processes",
    "rookery_trainer.sweep.workers",
)
"""What the server imports once, from which the processes are forked."""


def start(run: Callable[[T], None], task: T) -> ForkServerProcess:
    """Starts a process that runs the task."""
    context = get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    process = context.Process(target=run, args=(task,))
    process.start()
    return process


def finish(process: ForkServerProcess, seconds: float = 500) -> int:
    """Waits for its end; returns the exit code, negative where a signal ended it."""
    process.join(seconds)
    assert process.exitcode is not None, "the process did not end in time"
    return process.exitcode


def wait_until_stopped(process: ForkServerProcess) -> None:
    """Waits until the process is stopped."""
    poll_until(
        lambda: psutil.Process(pid_of(process)).status() == psutil.STATUS_STOPPED or None,
        Wait(120, 0.02),
        lambda: "the process was not stopped in time",
    )


def resume(process: ForkServerProcess) -> None:
    """Lets the process go on."""
    os.kill(pid_of(process), signal.SIGCONT)


def pid_of(process: ForkServerProcess) -> int:
    """The id of a process that was started."""
    assert process.pid is not None
    return process.pid
