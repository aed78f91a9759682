"""Slots: how many programs of an installation work at the same time.

A slot is an advisory lock of database `processed_data` on a session of its own, as a lock is. What
it bounds is load, not correctness: a program that loses its session goes on without a slot.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import structlog
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from rookery_core.database.connection import database_url
from rookery_core.database.locks import lock_engine, lock_key, try_lock
from rookery_core.database.names import PROCESSED
from rookery_core.errors import Unavailable
from rookery_core.settings import PostgresSettings
from rookery_core.waiting import Wait, first_line, poll_until, retrying

POLL_SECONDS = 1.0
SAID_SECONDS = 60.0
"""How often the log says that a program still waits."""
OUTAGE_SECONDS = 600.0
"""How long a program that waits puts up with a server that does not answer."""
SESSION = {
    "tcp_keepalives_idle": "20",
    "tcp_keepalives_interval": "20",
    "tcp_keepalives_count": "2",
}
"""By these the server finds out that a holder's machine is gone: within a minute."""
CONNECTION = {"tcp_user_timeout": 60_000}
"""By this a program finds out that the server's machine is gone, in milliseconds."""
_HELD = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND (CAST(classid AS bigint) << 32 | CAST(objid AS bigint)) = ANY (CAST(:keys AS bigint[]))"
)

_log = structlog.get_logger()


class SlotSettings(BaseSettings):
    """How many programs of the installation work at once (`ROOKERY_SLOT_*`)."""

    model_config = SettingsConfigDict(env_prefix="ROOKERY_SLOT_", frozen=True)

    count: int = Field(default=0, ge=0)
    """Programs at once; 0: this one asks for no slot."""


@dataclass(frozen=True)
class Slots:
    """The slots of an installation, as a role of its PostgreSQL takes them."""

    postgres: PostgresSettings
    count: int

    @contextmanager
    def one(self) -> Iterator[None]:
        """Holds a slot while the block runs; waits for it as long as all are held.

        It is free again when the block ends, when the process is killed, and when its machine is
        lost. With a count of 0 the block runs at once.

        Raises:
            Unavailable: the server was away for ten minutes.
        """
        if self.count == 0:
            yield
            return
        connection = self._take()
        try:
            yield
        finally:
            # The session ends here, and the slot with it; a lost one has ended before.
            with suppress(DBAPIError):
                connection.close()

    def in_use(self) -> bool:
        """Tells whether any program holds a slot now; False where nobody can say."""
        keys = [lock_key(slot_lock(number)) for number in range(self.count)]
        try:
            with self._engine().connect() as connection:
                return bool(connection.scalar(_HELD, {"keys": keys}))
        except DBAPIError:
            # The server, the database or the role is not there: then nobody works either.
            return False

    def _take(self) -> Connection:
        waiting = _Waiting(self.count)
        while True:
            connection = self._connect()
            try:
                self._await_one(connection, waiting)
            except DBAPIError as error:
                _log.warning("waiting for a slot again", reason=first_line(error))
                connection.invalidate()
            else:
                return connection

    def _await_one(self, connection: Connection, waiting: "_Waiting") -> None:
        def look() -> int | None:
            free = (n for n in range(self.count) if connection.scalar(try_lock(slot_lock(n))))
            if (slot := next(free, None)) is None:
                waiting.say()
            return slot

        slot = poll_until(look, Wait(math.inf, POLL_SECONDS), str)
        _log.info("has a slot", slot=slot, slots=self.count)

    def _connect(self) -> Connection:
        wait = Wait(OUTAGE_SECONDS, POLL_SECONDS)
        try:
            return retrying(
                self._open, lambda error: isinstance(error, DBAPIError), wait, "postgresql"
            )
        except DBAPIError as error:
            raise Unavailable(f"PostgreSQL does not answer: {error.orig}; is it up?") from None

    def _open(self) -> Connection:
        connection = self._engine().connect()
        for name, value in SESSION.items():
            connection.execute(select(func.set_config(name, value, False)))
        return connection

    def _engine(self) -> Engine:
        return lock_engine(database_url(self.postgres, PROCESSED), CONNECTION)


def slot_lock(number: int) -> str:
    """Names the lock that is the slot of that number, from 0."""
    return f"slot:{number}"


class _Waiting:
    """Says in the log that the program waits: at first, and once a minute."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._begun = time.monotonic()
        self._said: float | None = None

    def say(self) -> None:
        now = time.monotonic()
        if self._said is None or now - self._said >= SAID_SECONDS:
            waited = round(now - self._begun)
            _log.info("waiting for a slot", slots=self._slots, waited_seconds=waited)
            self._said = now
