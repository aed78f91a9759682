"""Closing: whatever ends a process, nothing that it worked on stays RUNNING."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from mlflow.exceptions import MlflowException
from requests import RequestException
from sqlalchemy.exc import DBAPIError

from rookery_core.errors import Refused, RookeryError
from rookery_core.settings import PostgresSettings
from rookery_trainer.locks.lock import HeldLock, LockTimes, locked, sweep_lock
from rookery_trainer.share import Share
from rookery_trainer.tracking.runs import Runs
from rookery_trainer.tracking.sweep_runs import FAILED, KILLED, RUNNING, Parent

SHUTDOWN_TIMEOUT = 5.0
"""Seconds that a process which is about to end waits for a service, to close its runs."""

_log = structlog.get_logger()

Hurried = Callable[[], Runs]
"""Makes the model's runs, whose requests wait no longer than `SHUTDOWN_TIMEOUT`."""


@contextmanager
def ending_sweep(lock: HeldLock, hurried: Hurried, parent: Parent) -> Iterator[None]:
    """Where an error ends the block, the sweep's runs are ended too.

    A process that no longer holds the sweep leaves its runs to the one that does.
    """
    try:
        yield
    except BaseException as error:
        with _told():
            if lock.still_held():
                runs = hurried()
                runs.end_orphans(runs.find(parent.inputs.sweep_id))
                runs.end(parent.run_id, *_words(error))
        raise


@contextmanager
def ending_share(
    lock: HeldLock, hurried: Hurried, parent: Parent, share: Share, postgres: PostgresSettings
) -> Iterator[None]:
    """Where an error ends the block, the runs of the share are ended too.

    The parent is ended by the last shard that works, or at once where the sweep is refused.
    """
    try:
        yield
    except BaseException as error:
        with _told():
            if lock.still_held():
                _end_share(hurried(), parent, share, postgres, error)
        raise


@contextmanager
def _told() -> Iterator[None]:
    """What a service fails of is in the log: the error to raise is the one that ended the work.

    What stays RUNNING is closed by the next process of the sweep.
    """
    try:
        yield
    except (RookeryError, MlflowException, RequestException, DBAPIError) as error:
        _log.warning("runs could not be closed", reason=str(error) or type(error).__name__)


def _end_share(
    runs: Runs, parent: Parent, share: Share, postgres: PostgresSettings, error: BaseException
) -> None:
    sweep_id = parent.inputs.sweep_id
    runs.end_unfinished(runs.find(sweep_id).of(share.draws(runs.spec.trials)))
    times = LockTimes(connect=SHUTDOWN_TIMEOUT, wait=SHUTDOWN_TIMEOUT)
    with locked(postgres, sweep_lock(sweep_id), times):
        sweep_runs = runs.find(sweep_id)
        others = any(child.status == RUNNING for child in sweep_runs.children)
        over = sweep_runs.parent is None or sweep_runs.parent.status != RUNNING
        if not over and (isinstance(error, Refused) or not others):
            runs.end(parent.run_id, *_words(error))


def _words(error: BaseException) -> tuple[str, str]:
    """The status in which the error leaves a run, and why."""
    status = FAILED if isinstance(error, Refused) else KILLED
    return status, str(error) or type(error).__name__
