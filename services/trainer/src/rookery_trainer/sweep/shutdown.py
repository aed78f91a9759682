"""Shutdown: whatever ends a process, it leaves none of its runs RUNNING."""

from collections.abc import Iterator
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
"""Seconds that a process which is about to end waits for a service, to end its runs."""

_log = structlog.get_logger()


@contextmanager
def ending_sweep(lock: HeldLock, runs: Runs, parent: Parent) -> Iterator[None]:
    """Ends the sweep's runs where an error ends the block.

    A process that no longer holds the sweep leaves its runs to the one that does.
    """
    try:
        yield
    except BaseException as error:
        with _logged_errors():
            if lock.still_held():
                quick = runs.within(SHUTDOWN_TIMEOUT)
                quick.end_orphans(quick.find(parent.inputs.sweep_id))
                quick.end(parent.run_id, *_status_and_reason(error))
        raise


@contextmanager
def ending_share(
    lock: HeldLock, runs: Runs, parent: Parent, share: Share, postgres: PostgresSettings
) -> Iterator[None]:
    """Ends the runs of the share where an error ends the block.

    The parent is ended by the last shard that works, or at once where the sweep is refused.
    """
    try:
        yield
    except BaseException as error:
        with _logged_errors():
            if lock.still_held():
                _end_share(runs.within(SHUTDOWN_TIMEOUT), parent, share, postgres, error)
        raise


@contextmanager
def _logged_errors() -> Iterator[None]:
    """Logs a service's error: the one to raise is the error that ended the work.

    A run that stays RUNNING is ended by the next process of the sweep.
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
        found = runs.find(sweep_id)
        others_work = any(child.status == RUNNING for child in found.children)
        over = found.parent is None or found.parent.status != RUNNING
        if not over and (isinstance(error, Refused) or not others_work):
            runs.end(parent.run_id, *_status_and_reason(error))


def _status_and_reason(error: BaseException) -> tuple[str, str]:
    """The status in which the error leaves a run, and why."""
    status = FAILED if isinstance(error, Refused) else KILLED
    return status, str(error) or type(error).__name__
