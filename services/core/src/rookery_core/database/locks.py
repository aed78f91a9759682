"""Locks between programs: PostgreSQL's session advisory locks, by name.

The server frees a lock as soon as its holder's connection is gone, so a killed program leaves none
behind. A holder that was merely paused keeps its lock: the transaction that does what must not
happen twice has to check it too.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from rookery_core.database.connection import database_url
from rookery_core.errors import Unavailable
from rookery_core.settings import PostgresSettings

POLL_SECONDS = 0.2


def lock_key(name: str) -> int:
    """Returns the signed 64-bit number by which PostgreSQL knows the lock of that name."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)


@contextmanager
def session_lock(
    settings: PostgresSettings, database: str, name: str, wait: float
) -> Iterator[None]:
    """Holds the lock `name` of `database` (locks are per database) on a connection of its own.

    It asks again and again rather than blocking, so a signal still ends the program, and it opens
    no transaction, so nothing is kept from vacuum. The connection goes back to no pool, where it
    would keep the lock.

    Raises:
        Unavailable: if another session still holds it after `wait` seconds, or the server does not
            answer.
    """
    engine = create_engine(
        database_url(settings, database), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    try:
        connection = engine.connect()
    except DBAPIError as error:
        raise Unavailable(
            f"database {database!r} at {settings.host}:{settings.port} does not answer: "
            f"{error.orig}; check ROOKERY_POSTGRES_* and that the server runs"
        ) from None
    with connection:
        try:
            _take(connection, name, wait)
        except DBAPIError as error:
            raise Unavailable(f"taking the lock {name!r} failed: {error.orig}") from None
        yield


def _take(connection: Connection, name: str, wait: float) -> None:
    deadline = time.monotonic() + wait
    take = text("SELECT pg_try_advisory_lock(:key)").bindparams(key=lock_key(name))
    while not connection.scalar(take):
        if time.monotonic() >= deadline:
            raise Unavailable(
                f"the lock {name!r} is still held by another session after {wait:g} s; "
                "run the job again when that one is done"
            )
        time.sleep(POLL_SECONDS)
