"""Locks between programs: PostgreSQL's session advisory locks, by name.

The server frees a lock as soon as its holder's connection is gone, so a killed program leaves none
behind. A holder that was merely paused keeps its lock: the transaction that does what must not
happen twice has to check it too.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256

from sqlalchemy import URL, Engine, Executable, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from rookery_core.errors import Unavailable
from rookery_core.waiting import Wait, poll_until

POLL_SECONDS = 0.2
_TRY = text("SELECT pg_try_advisory_lock(:key)")


def lock_key(name: str) -> int:
    """Returns the signed 64-bit number by which PostgreSQL knows the lock of that name."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)


def try_lock(name: str) -> Executable:
    """Makes the statement that takes the lock for its session, and says whether it could.

    A lock is asked for again and again: a call that blocks would hold up SIGTERM.
    """
    return _TRY.bindparams(key=lock_key(name))


def lock_engine(address: URL, options: Mapping[str, object] | None = None) -> Engine:
    """Makes an engine whose connections can hold a lock.

    It has no pool: a connection given back to one would keep its lock. It opens no transaction,
    which would keep rows from vacuum.
    """
    return create_engine(
        address, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=dict(options or {})
    )


@contextmanager
def session_lock(address: URL, name: str, wait: float) -> Iterator[None]:
    """Holds the lock `name` of a database (each has its own) on a connection of its own.

    Raises:
        Unavailable: another session still held it after `wait` seconds, or the server does not
            answer.
    """
    try:
        connection = lock_engine(address).connect()
    except DBAPIError as error:
        raise Unavailable(
            f"database {address.database!r} at {address.host}:{address.port} does not answer: "
            f"{error.orig}; check its address and that the server runs"
        ) from None
    with connection:
        try:
            poll_until(
                lambda: connection.scalar(try_lock(name)) or None,
                Wait(wait, POLL_SECONDS),
                lambda: (
                    f"the lock {name!r} is still held by another session after {wait:g} s; "
                    "run the job again when that one is done"
                ),
            )
        except DBAPIError as error:
            raise Unavailable(f"taking the lock {name!r} failed: {error.orig}") from None
        yield
