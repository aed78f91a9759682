"""Worker processes: each cross-validates one configuration at a time on the training rows."""

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process

import joblib
from threadpoolctl import threadpool_limits

from rookery_core.spec import ModelSpec
from rookery_trainer.cross_validation import cross_validate
from rookery_trainer.scores import Scores
from rookery_trainer.snapshot import Rows
from rookery_trainer.trial import Parameters


@dataclass(frozen=True)
class Bench:
    """What a worker needs beside a configuration."""

    spec: ModelSpec
    rows: Rows
    seed: int


@dataclass(frozen=True)
class Workers:
    """A pool of worker processes at one bench."""

    pool: ProcessPoolExecutor
    number: int

    def cross_validate(self, parameters: Parameters) -> Future[Scores]:
        """The scores to come; the future fails where the configuration does."""
        return self.pool.submit(_cross_validate, dict(parameters))


@contextmanager
def workers(bench: Bench, number: int | None = None) -> Iterator[Workers]:
    """A pool of `number` processes, by default one per CPU that this process may use.

    They die with this process, however it dies, and use one thread each.
    """
    number = number or joblib.cpu_count()
    context = get_context("forkserver")
    # The fork server imports scikit-learn once, for every worker.
    context.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(number, context, _sit_down, (bench,)) as pool:
        try:
            yield Workers(pool, number)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


_seat: dict[str, Bench] = {}
"""The bench of this worker process; empty in every other process."""


def _sit_down(bench: Bench) -> None:
    _seat["bench"] = bench
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told, and ends the pool
    threadpool_limits(1)
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _cross_validate(parameters: dict[str, bool | int | float | str | None]) -> Scores:
    bench = _seat["bench"]
    return cross_validate(bench.spec, bench.rows, parameters, bench.seed)
