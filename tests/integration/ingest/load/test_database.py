"""What a failure of the database means: a wrong statement stays wrong, a lost server comes back."""

from collections.abc import Callable, Iterator

import pytest
from psycopg2.sql import SQL
from sqlalchemy import Connection

from rookery_core.database.names import PROCESSED
from rookery_core.errors import Refused, Unavailable
from rookery_ingest.load.database import Database
from rookery_ingest.load.pg_copy import run
from rookery_local.servers.postgres import Postgres


@pytest.fixture
def database(postgres: Postgres) -> Iterator[Database]:
    opened = Database(postgres.settings("ingest"), PROCESSED)
    yield opened
    opened.close()


WRONG = {
    "a name of the server's own": "CREATE TABLE processed.boxes (xmin double precision)",
    "a column that is not there": "SELECT nothing",
    "no SQL": "SELEKT 1",
    "a value that is too large": "SELECT 1e300::real",
    "a text that is no number": "SELECT 'a'::int",
    "a right that the role lacks": "CREATE ROLE another",
}


def _by_the_driver(connection: Connection, statement: str) -> object:
    return run(connection, SQL(statement).format())


@pytest.mark.parametrize("statement", WRONG.values(), ids=WRONG.keys())
@pytest.mark.parametrize("execute", [Connection.exec_driver_sql, _by_the_driver])
def test_what_the_database_would_refuse_every_time_is_refused(
    database: Database, statement: str, execute: Callable[[Connection, str], object]
) -> None:
    with pytest.raises(Refused, match="every time") as refusal, database.transaction() as opened:
        execute(opened, statement)

    assert refusal.value.exit_code == 42
    assert "run the job again" not in str(refusal.value)


@pytest.mark.parametrize(
    "statement",
    ["SELECT pg_terminate_backend(pg_backend_pid())", "SELECT * FROM processed.not_made_yet"],
)
def test_what_may_pass_is_to_be_run_again(database: Database, statement: str) -> None:
    with (
        pytest.raises(Unavailable, match="run the job again"),
        database.transaction() as connection,
    ):
        connection.exec_driver_sql(statement)
