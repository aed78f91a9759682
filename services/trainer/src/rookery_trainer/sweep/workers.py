"""Worker processes: each cross-validates one configuration at a time on the training rows."""

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import TypeVar

import joblib
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from rookery_core.errors import RookeryError
from rookery_core.spec import ModelSpec
from rookery_trainer.data.snapshot import Rows
from rookery_trainer.model.cross_validation import cross_validate, fit_rows
from rookery_trainer.model.scores import Scores
from rookery_trainer.model.trial import Parameters, Value
from rookery_trainer.sweep.fork_server import warm_up

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class WorkerContext:
    """What a worker needs beside a configuration."""

    spec: ModelSpec
    rows: Rows
    seed: int


@dataclass(frozen=True)
class TrialResult:
    """What a worker finds out about a configuration."""

    scores: Scores
    pipeline: Pipeline | None
    """Fitted to all training rows, where every trial's model is logged."""


@dataclass(frozen=True)
class Workers:
    """A pool of worker processes at one bench."""

    pool: ProcessPoolExecutor
    number: int

    def evaluate(self, parameters: Parameters) -> Future[TrialResult]:
        """The evaluation to come; the future fails where the configuration does."""
        return self.pool.submit(_evaluate, dict(parameters))

    def map(
        self, function: Callable[[_Task], _Result], tasks: Iterable[_Task], /
    ) -> Iterable[_Result]:
        """The results of `function`, in the order of `tasks`."""
        return self.pool.map(function, tasks)


@contextmanager
def workers(bench: WorkerContext, number: int | None = None) -> Iterator[Workers]:
    """A pool of `number` processes, by default one per CPU that this process may use.

    They use one thread each. They end with the block, at once where it raises, and with this
    process, however it dies.

    Raises:
        RookeryError: one of them was killed.
    """
    number = number or joblib.cpu_count()
    context = warm_up()
    theirs, leash = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(number, context, _sit_down, (bench, theirs))
    # The leash goes first: by the block's end, or by the end of this process.
    with closing(theirs), pool, closing(leash):
        try:
            yield Workers(pool, number)
        except BrokenProcessPool as error:
            raise RookeryError(
                "a worker process was killed; give the job more memory or run it again"
            ) from error
        pool.shutdown(wait=True)


_seat: dict[str, WorkerContext] = {}
"""The bench of this worker process; empty in every other process."""


def _sit_down(bench: WorkerContext, leash: "Connection[None, None]") -> None:
    _seat["bench"] = bench
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told, and lets the leash go
    threadpool_limits(1)
    threading.Thread(target=_follow, args=(leash,), daemon=True).start()


def _follow(leash: "Connection[None, None]") -> None:
    wait([leash])
    os._exit(1)


def _evaluate(parameters: dict[str, Value]) -> TrialResult:
    bench = _seat["bench"]
    scores = cross_validate(bench.spec, bench.rows, parameters, bench.seed)
    whole = bench.spec.log_models == "all"
    pipeline = fit_rows(bench.spec, bench.rows, parameters, bench.seed) if whole else None
    return TrialResult(scores, pipeline)
