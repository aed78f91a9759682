"""Work under a lock, begun again where the error that ended it may pass."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import DBAPIError

from rookery_core.errors import Unavailable
from rookery_core.lasting_failure import is_lasting
from rookery_core.settings import PostgresSettings
from rookery_trainer.locks.lock import HeldLock, LockLost, LockTimes, locked

_log = structlog.get_logger()


@dataclass(frozen=True)
class RetryPolicy:
    """Which errors begin the work again."""

    event: str
    """What the log says each time."""
    losses: int
    """How often the lock may be lost."""
    outage: float = 0.0
    """Seconds that a service may be away, counted anew from a lost lock on."""
    pause: float = 0.0
    """Seconds before the work begins again."""


class LockAttempts:
    """Attempts to do work under a lock; the last one is the first that ends without an error.

    ```
    for attempt in LockAttempts(postgres, name, times, policy):
        with attempt as lock:
            ...
    ```

    The work must bear being begun again from the start.

    Raises:
        LockLost: more often than the policy allows.
        Unavailable: a service was away, or another process held the lock, for too long.
    """

    def __init__(
        self, postgres: PostgresSettings, name: str, times: LockTimes | None, policy: RetryPolicy
    ) -> None:
        self._postgres = postgres
        self._name = name
        self._times = times
        self._policy = policy
        self._losses = 0
        self._begun = 0
        self._since = time.monotonic()
        self._done = False

    def __iter__(self) -> Iterator[AbstractContextManager[HeldLock]]:
        """Yields the lock as a context manager until the work is done."""
        while not self._done:
            yield self._attempt()

    @contextmanager
    def _attempt(self) -> Iterator[HeldLock]:
        self._begun += 1
        with self._excused():
            with ExitStack() as held:
                yield self._take(held)
            self._done = True

    def _take(self, held: ExitStack) -> HeldLock:
        while True:
            with self._excused():
                return held.enter_context(locked(self._postgres, self._name, self._times))

    @contextmanager
    def _excused(self) -> Iterator[None]:
        """Swallows an error after which the policy begins again."""
        try:
            yield
        except LockLost as error:
            self._losses += 1
            if self._losses > self._policy.losses:
                raise
            self._since = time.monotonic()
            self._begin_again(error)
        except (Unavailable, DBAPIError) as error:
            if is_lasting(error) or time.monotonic() - self._since >= self._policy.outage:
                raise
            self._begin_again(error)

    def _begin_again(self, error: Exception) -> None:
        reason = str(error).partition("\n")[0]
        _log.warning(self._policy.event, lock=self._name, attempt=self._begun, reason=reason)
        time.sleep(self._policy.pause)
