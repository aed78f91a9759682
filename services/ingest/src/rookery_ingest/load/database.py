"""The databases of an ingest: transactions, and what their failures mean."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.exc import DBAPIError

from rookery_core.database.connection import engine
from rookery_core.database.locks import lock_key
from rookery_core.errors import Refused, RookeryError, Unavailable
from rookery_core.lasting_failure import is_lasting
from rookery_core.settings import PostgresSettings

LOCK_TIMEOUT = "30s"
"""How long a statement waits for a lock on a table; readers hold none for long."""


class Database:
    """One database, as one role."""

    def __init__(self, settings: PostgresSettings, name: str) -> None:
        self.name = name
        self._engine = engine(settings, name)

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Opens a transaction: committed at the end of the block, undone by an exception.

        Raises:
            Unavailable: the server failed or a lock was not to be had, whatever the driver says.
            Refused: it refused a statement or a value, which it would do every time.
        """
        try:
            with self._engine.begin() as connection:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
                yield connection
        except DBAPIError as error:
            raise self._failure(error.orig) from error
        # COPY and the merge use the driver itself, whose errors nobody translates.
        except psycopg2.Error as error:
            raise self._failure(error) from error

    def create(self, metadata: MetaData, upgrade: str = "") -> None:
        """Makes the tables that are missing, then brings those of earlier releases up to date.

        `upgrade`: the statement that does so; where there is nothing to do, it locks no table.
        """
        with self.transaction() as connection:
            # Two CREATE TABLE IF NOT EXISTS at once may both find none, and one then fails.
            transaction_lock(connection, f"rookery:tables:{self.name}")
            metadata.create_all(connection)
            if upgrade:
                connection.exec_driver_sql(upgrade)

    def vacuum(self, names: list[str]) -> None:
        """Rewrites tables without what was deleted from them; readers wait meanwhile."""
        try:
            with self._engine.connect() as connection:
                outside = connection.execution_options(isolation_level="AUTOCOMMIT")
                for name in names:
                    outside.exec_driver_sql(f"VACUUM (FULL, ANALYZE) {name}")
        except DBAPIError as error:
            raise self._failure(error.orig) from error

    def _failure(self, error: BaseException | None) -> RookeryError:
        if is_lasting(error):
            return Refused(
                f"database {self.name!r} refused a statement: {str(error).strip()}; nothing of "
                "this step was kept, and it will be refused every time: mend the spec, the source "
                "or the role's rights (rookery-ingest bootstrap)"
            )
        return Unavailable(
            f"database {self.name!r} failed: {str(error).strip()}; "
            "nothing of this step was kept; run the job again"
        )


def transaction_lock(connection: Connection, name: str) -> None:
    """Waits for the lock of that name and holds it until the transaction ends."""
    key = lock_key(name)
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
