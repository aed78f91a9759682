"""Persistence: work under a lock, begun anew when a service was away in between."""

import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from sqlalchemy.exc import DBAPIError

from rookery_core.errors import Unavailable
from rookery_core.settings import PostgresSettings
from rookery_trainer.data.snapshot import NoData
from rookery_trainer.locks.lock import HeldLock, LockLost, LockTimes, locked
from rookery_trainer.settings import TrainerSettings

T = TypeVar("T")
LOSSES = 10
"""How often one process may lose its lock and come back."""

_log = structlog.get_logger()


def persist(
    postgres: PostgresSettings, settings: TrainerSettings, name: str, work: Callable[[HeldLock], T]
) -> T:
    """What `work`, which bears being begun anew, gives under the lock `name`.

    Raises:
        Unavailable: a service was away, or another process held the lock, for too long.
    """
    times = LockTimes(wait=settings.lock_wait)
    since, losses = time.monotonic(), 0
    while True:
        try:
            with locked(postgres, name, times) as lock:
                return work(lock)
        except LockLost as error:
            losses += 1
            if losses > LOSSES:
                raise
            since, reason = time.monotonic(), str(error)
        except NoData:
            raise
        except (Unavailable, DBAPIError) as error:
            if time.monotonic() - since > settings.outage_wait:
                raise
            reason = str(error).partition("\n")[0]
        _log.warning("beginning again where the sweep stopped", reason=reason)
        time.sleep(1)
