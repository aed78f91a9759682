"""Primary keys of tables that are filled for the first time."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg2.sql import SQL, Composable, Identifier
from sqlalchemy import Connection, Table

from rookery_ingest.load.pg_copy import run


@contextmanager
def built_last(connection: Connection, table: Table) -> Iterator[None]:
    """Drops the table's primary key for the block, and adds it again at the block's end.

    An index over many rows is built faster than it grows row by row.
    """
    assert table.schema is not None
    names: dict[str, Composable] = {
        "table": Identifier(table.schema, table.name),
        "key": Identifier(f"{table.name}_pkey"),
        "columns": SQL(", ").join(Identifier(column.name) for column in table.primary_key),
    }
    run(connection, SQL("ALTER TABLE {table} DROP CONSTRAINT {key}").format(**names))
    yield
    add = SQL("ALTER TABLE {table} ADD CONSTRAINT {key} PRIMARY KEY ({columns})")
    run(connection, add.format(**names))
