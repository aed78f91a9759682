"""Locks with names: PostgreSQL advisory locks that end with their holder.

A lock is a session of its own. The server frees it when the process dies, when its connection
breaks, and when the process was stopped for longer than the idle time-out. A holder that comes back
from such a stop finds its session gone, so it cannot write to the ledger through it any more.
"""

import os
import threading
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import structlog
from sqlalchemy import Connection, Executable, Result, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError

from rookery_core.database.connection import database_url
from rookery_core.database.locks import lock_engine, lock_key, try_lock
from rookery_core.database.names import PROCESSED
from rookery_core.errors import Unavailable
from rookery_core.frozen import Frozen
from rookery_core.settings import PostgresSettings
from rookery_core.waiting import Wait, poll_until, retrying
from rookery_trainer.locks.session import connect_options, session_limits
from rookery_trainer.share import Share

_log = structlog.get_logger()


class LockTimes(Frozen):
    """How long a lock is waited for, and how long a silent holder keeps it."""

    connect: float = 30.0
    """Seconds until a server that does not answer ends it with `Unavailable`."""
    wait: float = 1800.0
    """Seconds until waiting for the lock ends with `Unavailable`."""
    poll: float = 0.25
    """Seconds between two attempts to take the lock."""
    idle: float = 60.0
    """Seconds without a sign of life after which the server ends the holder's session."""


class LockLost(Unavailable):
    """The session that held the lock is gone: nothing more may be done under it."""


class LockTaken(Unavailable):
    """Another trainer held the lock for as long as it was waited for."""


class HeldLock:
    """A lock that this process holds, with the connection whose session is the lock.

    The program shares the session with a thread that gives a sign of life four times per idle
    time-out: so a long computation keeps the lock, and a stopped process loses it. The statements
    of both run in a third one: a signal that ends the program would break the session off in the
    middle of a statement, and with it the lock under which the program ends its runs.
    """

    def __init__(self, connection: Connection, name: str, times: LockTimes) -> None:
        self.name = name
        self._connection = connection
        self._driver: Any = connection.connection.dbapi_connection
        self._times = times
        self._one_at_a_time = ThreadPoolExecutor(1, f"lock {name}")
        self._gone = False
        self._over = threading.Event()
        self._pulse = threading.Thread(target=self._beat, name=f"pulse {name}", daemon=True)

    def execute(self, statement: Executable) -> Result[Any]:
        """Runs a statement in the lock's own session: it takes effect only while the lock is held.

        Raises:
            LockLost: the session is gone.
        """
        return self._one_at_a_time.submit(self._execute, statement).result()

    def _execute(self, statement: Executable) -> Result[Any]:
        if self._gone:
            # SQLAlchemy would open a new session, which does not hold the lock.
            raise LockLost(self._lost())
        try:
            result = self._connection.execute(statement)
            return result.freeze()() if result.returns_rows else result
        except DBAPIError as error:
            self._gone = error.connection_invalidated
            if not self._gone:
                raise
            raise LockLost(self._lost()) from error

    def _end(self) -> None:
        """Ends the threads; the session stays open."""
        self._over.set()
        if self._pulse.is_alive():
            self._pulse.join()
        self._one_at_a_time.shutdown()

    def still_held(self) -> bool:
        """Asks the server whether this session holds the lock now."""
        high, low = _halves(lock_key(self.name))
        try:
            found = self.execute(_HOLDS.bindparams(high=high, low=low)).scalar_one()
        except LockLost:
            return False
        return bool(found)

    def require(self) -> None:
        """Checks that the lock is held.

        Raises:
            LockLost: it is not.
        """
        if not self.still_held():
            raise LockLost(self._lost())

    def _lost(self) -> str:
        return f"the lock {self.name!r} was lost, another trainer may hold it; run the job again"

    def _try(self) -> bool:
        return bool(self.execute(try_lock(self.name)).scalar_one())

    def _wait(self) -> None:
        if self._try():
            return
        _log.info("waiting for lock", lock=self.name, seconds=self._times.wait)
        try:
            poll_until(
                lambda: self._try() or None,
                Wait(self._times.wait, self._times.poll),
                lambda: (
                    f"the lock {self.name!r} was not free within {self._times.wait:g} s: another "
                    "trainer holds it; run the job again when that one is done"
                ),
            )
        except LockLost:
            raise
        except Unavailable as error:
            raise LockTaken(str(error)) from None

    def _beat(self) -> None:
        while not self._over.wait(self._times.idle / 4):
            try:
                self.execute(text("SELECT 1"))
            except LockLost:
                # The program finds out at its own next statement.
                return

    def _leave_to_parent(self) -> None:
        """In a forked child, gives up the socket: the child must neither use nor close it."""
        if not self._driver.closed:
            nothing = os.open(os.devnull, os.O_RDWR)
            os.dup2(nothing, self._driver.fileno())
            os.close(nothing)


@contextmanager
def locked(
    settings: PostgresSettings, name: str, times: LockTimes | None = None
) -> Iterator[HeldLock]:
    """Holds the lock `name` of database `processed_data` while the block runs.

    Raises:
        LockTaken: the lock was not free within `times.wait`.
        Unavailable: the server did not answer.
    """
    times = times or LockTimes()
    engine = lock_engine(database_url(settings, PROCESSED), connect_options(times.idle))
    connection = _connect(engine, times)
    lock = HeldLock(connection, name, times)
    watched = weakref.WeakMethod(lock._leave_to_parent)
    os.register_at_fork(after_in_child=lambda: (leave := watched()) and leave())
    try:
        for statement in session_limits(times.idle):
            lock.execute(statement)
        lock._pulse.start()
        lock._wait()
        yield lock
    finally:
        lock._end()
        # The session ends here, and the lock with it.
        with suppress(DBAPIError):
            connection.close()
        engine.dispose()


def promotion_lock(model: str) -> str:
    """Names the lock that is needed to set a model's aliases and to write its ledger."""
    return f"promotion:{model}"


def ordinal_lock(model: str) -> str:
    """Names the lock under which a new sweep of a model gets its ordinal."""
    return f"ordinal:{model}"


def snapshot_lock(model: str) -> str:
    """Names the lock that is needed to write or remove the stored rows of a model's batches."""
    return f"snapshot:{model}"


def sweep_lock(sweep_id: str) -> str:
    """Names the lock that is needed to begin, continue and conclude a sweep as a whole."""
    return f"sweep:{sweep_id}"


def shard_lock(sweep_id: str, share: Share) -> str:
    """Names the lock that keeps two live processes of one shard of a sweep apart."""
    return f"sweep:{sweep_id}:shard:{share.shard}/{share.shards}"


_HOLDS = text(
    "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted"
    " AND pid = pg_backend_pid() AND objsubid = 1"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND CAST(classid AS bigint) = :high AND CAST(objid AS bigint) = :low)"
)


def _halves(key: int) -> tuple[int, int]:
    """Splits a bigint key into the two columns in which pg_locks shows it."""
    return (key >> 32) & 0xFFFFFFFF, key & 0xFFFFFFFF


def _connect(engine: Engine, times: LockTimes) -> Connection:
    try:
        return retrying(
            engine.connect,
            lambda error: isinstance(error, DBAPIError),
            Wait(times.connect, times.poll),
            "postgresql",
        )
    except DBAPIError as error:
        raise Unavailable(f"PostgreSQL does not answer: {error.orig}; is it up?") from None
