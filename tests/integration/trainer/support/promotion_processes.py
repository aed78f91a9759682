"""Processes that decide a sweep, and may be killed or stopped at a step."""

import os
import signal
import sys
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import structlog
from tests.integration.trainer.support import processes
from tests.integration.trainer.support.challengers import LoggedChallenger, decide_by_score

from rookery_core.job import run_job
from rookery_core.settings import PostgresSettings, TrackingSettings
from rookery_core.waiting import Wait
from rookery_trainer.locks.lock import LockTimes
from rookery_trainer.promotion.rollback import roll_back
from rookery_trainer.tracking.client import Retrying, connect
from rookery_trainer.tracking.model_registry import ModelRegistry

TWO_INSIDE = 99
"""The exit code of a process that met another one inside."""


@dataclass(frozen=True)
class Task:
    """What a process does, and at which step it gets a signal."""

    postgres: PostgresSettings
    tracking: TrackingSettings
    model: str
    challenger: LoggedChallenger | None
    """None: a rollback."""
    inside: Path
    """A file that exists while a process holds the lock."""
    times: LockTimes = field(default_factory=lambda: LockTimes(wait=120, poll=0.02, idle=10))
    step: str = ""
    """Just before this step ..."""
    signal: int = signal.SIGKILL
    """... the process gets this signal."""


def start(task: Task) -> ForkServerProcess:
    """Starts the process."""
    return processes.start(_run, task)


def _run(task: Task) -> None:
    with Path(f"{task.inside}.log").open("a") as log:
        structlog.configure(
            processors=[_Watch(task), structlog.processors.JSONRenderer()],
            logger_factory=structlog.PrintLoggerFactory(log),
        )
        client = connect(task.tracking)
        registry = ModelRegistry(client, Retrying(Wait(60, 0.1)), task.model)
        code = run_job(lambda: _act(task, registry))
    sys.exit(code)


def _act(task: Task, registry: ModelRegistry) -> None:
    if task.challenger is None:
        roll_back(
            registry=registry, postgres=task.postgres, request_id=task.model, times=task.times
        )
        return
    decide_by_score(task.challenger, registry, task.postgres, times=task.times)


class _Watch:
    """Sees every step in the log: checks that no other process is inside, and sends the signal."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._due = True

    def __call__(
        self, _logger: object, _method: str, event: MutableMapping[str, object]
    ) -> MutableMapping[str, object]:
        step = event.get("step")
        if step == "reconcile":
            self._enter()
        if self._due and step is not None and step == self._task.step:
            self._due = False
            self._task.inside.unlink(missing_ok=True)
            os.kill(os.getpid(), self._task.signal)
        if step == "done":
            self._task.inside.unlink(missing_ok=True)
        return event

    def _enter(self) -> None:
        try:
            self._task.inside.touch(exist_ok=False)
        except FileExistsError:
            os._exit(TWO_INSIDE)
