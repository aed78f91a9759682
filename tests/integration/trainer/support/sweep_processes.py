"""Processes that run a sweep, and may get a signal at a step of it."""

import os
import signal
import sys
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import structlog
from tests.integration.trainer.support import processes

from rookery_core.job import run_job
from rookery_core.settings import PostgresSettings, TrackingSettings
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.settings import TrainerSettings
from rookery_trainer.share import Share
from rookery_trainer.sweep.inputs import SweepRequest
from rookery_trainer.sweep.progress import ProgressEvents
from rookery_trainer.sweep.shard import run_shard
from rookery_trainer.sweep.sweep import run_sweep
from rookery_trainer.sweep.trainer import Trainer
from rookery_trainer.tracking.client import connect


@dataclass(frozen=True)
class Task:
    """What a process does, and at which step it gets a signal."""

    postgres: PostgresSettings
    tracking: TrackingSettings
    spec: ModelSpec
    sweep_id: str
    log: Path
    """Where its events go, one JSON object a line."""
    ordinal: int | None = None
    share: Share | None = None
    """Its share where several processes share the sweep."""
    settings: TrainerSettings = field(
        default_factory=lambda: TrainerSettings(processes=2, data_wait=1, outage_wait=120)
    )
    step: str = ""
    """Just before this step ..."""
    signal: int = signal.SIGKILL
    """... the process gets this signal, once."""


def start(task: Task) -> ForkServerProcess:
    """Starts the process."""
    return processes.start(_run, task)


def run(task: Task) -> int:
    """Runs a process to its end; returns the exit code."""
    return processes.finish(start(task))


def _run(task: Task) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with task.log.open("a") as log:
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
                _Watch(task),
                structlog.processors.JSONRenderer(),
            ],
            logger_factory=structlog.PrintLoggerFactory(log),
        )
        code = run_job(lambda: _act(task))
    sys.exit(code)


def _act(task: Task) -> None:
    client = connect(task.tracking)
    progress = ProgressEvents(task.spec.select_by, task.spec.folds)
    trainer = Trainer(task.spec, task.postgres, client, task.settings, progress)
    request = SweepRequest(task.sweep_id, task.ordinal)
    if task.share:
        run_shard(trainer, request, task.share)
    else:
        run_sweep(trainer, request)


class _Watch:
    """Sees every step in the log, and sends the signal at its step."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._due = True

    def __call__(
        self, _logger: object, _method: str, event: MutableMapping[str, object]
    ) -> MutableMapping[str, object]:
        if self._due and self._task.step and event.get("step") == self._task.step:
            self._due = False
            os.kill(os.getpid(), self._task.signal)
        return event
