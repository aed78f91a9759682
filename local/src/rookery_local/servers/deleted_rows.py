"""What PostgreSQL keeps of deleted rows beside their tables: the embedded server lets go of it."""

from contextlib import closing

import psycopg2
from psycopg2.extensions import connection as driver_connection

from rookery_core.database.names import PROCESSED, RAW
from rookery_core.errors import Unavailable
from rookery_core.settings import PostgresSettings


def drop_traces(admin: PostgresSettings) -> None:
    """Removes old statistics of the data, and the write-ahead log up to now, from the disk.

    Tables are rewritten by ingest already. The log is begun anew as often as it has files, for
    those that wait for their use hold what was once written into them; then no old one is kept.

    Raises:
        Unavailable: the server fails, or has lost its connection.
    """
    try:
        for name in (RAW, PROCESSED):
            with closing(_connected(admin, name)) as database:
                _run(database, "VACUUM (FULL) pg_catalog.pg_statistic")
        with closing(_connected(admin, "postgres")) as server:
            _run(server, "ALTER SYSTEM SET wal_recycle = off", "SELECT pg_reload_conf()")
            for _ in range(_log_files(server)):
                # A log in which nothing was written since is not begun anew.
                _run(server, "SELECT pg_logical_emit_message(false, 'rookery', '')")
                _run(server, "SELECT pg_switch_wal()")
            _run(server, "CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT")
            _run(server, "ALTER SYSTEM RESET wal_recycle", "SELECT pg_reload_conf()")
    except psycopg2.Error as error:
        raise Unavailable(
            f"PostgreSQL could not let go of its write-ahead log: {str(error).strip()}; do it again"
        ) from error


def _connected(admin: PostgresSettings, name: str) -> driver_connection:
    found = psycopg2.connect(
        host=admin.host,
        port=admin.port,
        user=admin.user,
        password=admin.password.get_secret_value(),
        dbname=name,
        sslmode="disable",
    )
    found.autocommit = True
    return found


def _log_files(server: driver_connection) -> int:
    with server.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_ls_waldir()")
        [(count,)] = cursor.fetchall()
    return int(count)


def _run(server: driver_connection, *statements: str) -> None:
    with server.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
