"""MLflow's database: waited for, and migrated by one pod at a time."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from rookery_mlflow.failure import Unready
from rookery_mlflow.waiting import Patience

LOCK = "rookery:mlflow-migration"
MIGRATE_SECONDS = 600
_MAY = text("SELECT has_schema_privilege(current_schema(), 'CREATE')")
_TAKE = text("SELECT pg_try_advisory_lock(:key)")


def await_database(uri: str, patience: Patience) -> None:
    """MLflow's role can connect and make tables.

    At a first installation server, role and database are still to come: each is waited for.

    Raises:
        Unready: patience ended before.
    """
    engine = create_engine(uri, poolclass=NullPool)

    def fault() -> str | None:
        try:
            with engine.connect() as connection:
                may = connection.scalar(_MAY)
        except DBAPIError as error:
            return " ".join(str(error.orig).split())
        return None if may else "the role may make no tables yet; has the databases Job run?"

    patience.until("the database", fault)


@contextmanager
def migration_lock(uri: str, patience: Patience) -> Iterator[None]:
    """Nobody else migrates meanwhile: a session's advisory lock, freed with its connection.

    Raises:
        Unready: another session still has it when patience ends, or the server went away.
    """
    engine = create_engine(uri, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:

            def fault() -> str | None:
                taken = connection.scalar(_TAKE, {"key": lock_key(LOCK)})
                return None if taken else "another pod migrates the database"

            patience.until("the lock of migrations", fault)
            yield
    except DBAPIError as error:
        raise Unready(f"the database went away: {error.orig}; the pod tries again") from None


def lock_key(name: str) -> int:
    """The signed 64-bit number by which all of Rookery knows the lock of that name."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)


def migrate(uri: str) -> None:
    """The database has this MLflow's tables; call it under the lock.

    Raises:
        Unready: with what MLflow said.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "mlflow", "db", "upgrade", uri],
            capture_output=True,
            text=True,
            timeout=MIGRATE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unready(f"mlflow db upgrade did not end in {MIGRATE_SECONDS} s") from None
    if done.returncode:
        raise Unready(f"mlflow db upgrade failed: {done.stderr.strip()[-2000:]}")
