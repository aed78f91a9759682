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
from threadpoolctl import threadpool_limits

from rookery_core.errors import RookeryError
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.rows import Rows
from rookery_trainer.freed_memory import return_freed_memory
from rookery_trainer.heartbeat import Heartbeat
from rookery_trainer.model.answers import FittedModel
from rookery_trainer.model.cross_validation import cross_validate, fit_rows
from rookery_trainer.model.trial import Configuration
from rookery_trainer.model.value_scores import AnyScores
from rookery_trainer.sweep.fold_notes import FoldNote, Heard, listening
from rookery_trainer.sweep.fork_server import warm_up

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class WorkerContext:
    """What a worker needs beside a configuration; the same for all trials of a sweep."""

    spec: ModelSpec
    rows: Rows
    """All training rows."""
    seed: int
    sample: Rows | None = None
    """The rows on which configurations are compared, where those are not all."""


@dataclass(frozen=True)
class TrialResult:
    """What a worker returns for a configuration."""

    scores: AnyScores
    model: FittedModel | None
    """Fitted to all training rows, where every trial's model is logged."""


@dataclass(frozen=True)
class Workers:
    """A pool of worker processes with one context."""

    pool: ProcessPoolExecutor
    number: int

    def evaluate(self, index: int, configuration: Configuration) -> Future[TrialResult]:
        """Submits the configuration of a trial; the future fails where the configuration does."""
        return self.pool.submit(_evaluate, index, configuration)

    def fit(self, configuration: Configuration) -> Future[FittedModel]:
        """Submits the fit of a configuration to all training rows."""
        return self.pool.submit(_fit, configuration)

    def map(
        self, function: Callable[[_Task], _Result], tasks: Iterable[_Task], /
    ) -> Iterable[_Result]:
        """Returns the results of `function`, in the order of `tasks`; long work is told."""
        planned = list(tasks)
        return _told(self.pool.map(function, planned), len(planned))


def _told(results: Iterable[_Result], of: int) -> Iterator[_Result]:
    beat = Heartbeat("fits", of)
    for done, result in enumerate(results, 1):
        beat(done)
        yield result


@contextmanager
def workers(
    context: WorkerContext, number: int | None = None, heard: Heard | None = None
) -> Iterator[Workers]:
    """Starts a pool of `number` processes, by default one per CPU that this process may use.

    Each uses one thread. They end with the block, at once where it raises, and with this process,
    however it dies. `heard` is told, in a thread, which fold of which trial has begun.

    Raises:
        RookeryError: one of them was killed.
    """
    number = number or joblib.cpu_count()
    forks = warm_up()
    theirs, parent_pipe = forks.Pipe(duplex=False)
    fold_notes, notes = forks.Pipe(duplex=False)
    pool = ProcessPoolExecutor(number, forks, _init_worker, (context, theirs, notes))
    # The workers end when the parent's end of the pipe closes: with the block or this process.
    with closing(notes), listening(fold_notes, heard), closing(theirs), pool, closing(parent_pipe):
        try:
            yield Workers(pool, number)
        except BrokenProcessPool as error:
            raise RookeryError(
                "a worker process was killed; give the job more memory or run it again"
            ) from error
        pool.shutdown(wait=True)


@dataclass(frozen=True)
class _Worker:
    """What a worker process has."""

    context: WorkerContext
    notes: "Connection[FoldNote, None]"


_workers: list[_Worker] = []
"""The one that this process is; empty in every process that is none."""


def _init_worker(
    context: WorkerContext,
    parent_pipe: "Connection[None, None]",
    notes: "Connection[FoldNote, None]",
) -> None:
    _workers.append(_Worker(context, notes))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent gets it, and closes the pipe
    threadpool_limits(1)
    return_freed_memory()
    threading.Thread(target=_end_with_parent, args=(parent_pipe,), daemon=True).start()


def _end_with_parent(parent_pipe: "Connection[None, None]") -> None:
    wait([parent_pipe])
    os._exit(1)


def _evaluate(index: int, configuration: Configuration) -> TrialResult:
    worker = _workers[0]
    context = worker.context

    def told(fold: int) -> None:
        worker.notes.send((index, fold))

    rows = context.rows if context.sample is None else context.sample
    scores = cross_validate(context.spec, rows, configuration, context.seed, told)
    whole = context.spec.log_models == "all"
    return TrialResult(scores, _fit(configuration) if whole else None)


def _fit(configuration: Configuration) -> FittedModel:
    context = _workers[0].context
    return fit_rows(context.spec, context.rows, configuration, context.seed, final=True)
