"""What the driver does better than SQLAlchemy: COPY, and reading many rows.

COPY has two formats here, of https://www.postgresql.org/docs/current/sql-copy.html: text for what
is text, and binary for arrays, whose rows all have one size and need no formatting one by one.
"""

import io
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import psycopg2
from numpy.typing import NDArray
from psycopg2.extensions import connection as driver_connection
from psycopg2.extensions import cursor as driver_cursor
from psycopg2.sql import SQL, Composed, Identifier
from sqlalchemy import Connection, Table

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_READ_BYTES = 1024 * 1024
_BINARY_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_BINARY_TAIL = (-1).to_bytes(2, "big", signed=True)


def escaped(texts: Sequence[str]) -> Sequence[str]:
    """The texts as fields of COPY's text format."""
    joined = "\n".join(texts)
    if any(special in joined for special in "\\\t\r") or joined.count("\n") >= max(1, len(texts)):
        return [text.translate(_ESCAPES) for text in texts]
    return texts


def copy_lines(
    connection: Connection, table: Table, columns: Sequence[str], chunks: Iterable[str]
) -> None:
    """Adds the rows of texts in COPY's text format.

    The server works on one chunk while the next is made. An error of the chunks is raised as it is.
    """
    pending = _Chunks(chunks)
    try:
        _copy(connection, table, columns, "TEXT", pending)
    except psycopg2.Error:
        if pending.failure is None:
            raise
        raise pending.failure from None


def copy_arrays(
    connection: Connection, table: Table, columns: Mapping[str, NDArray[np.generic]]
) -> None:
    """Adds rows out of arrays of equal length and big-endian types, by the columns' names."""
    rows = len(next(iter(columns.values())))
    layout: list[tuple[str, str] | tuple[str, np.dtype[np.generic]]] = [("fields", ">i2")]
    for name, values in columns.items():
        layout += [(f"size of {name}", ">i4"), (name, values.dtype)]
    packed = np.empty(rows, dtype=np.dtype(layout))
    packed["fields"] = len(columns)
    for name, values in columns.items():
        packed[f"size of {name}"] = values.dtype.itemsize
        packed[name] = values
    data = b"".join((_BINARY_HEAD, packed.tobytes(), _BINARY_TAIL))
    _copy(connection, table, tuple(columns), "BINARY", io.BytesIO(data))


def streamed(
    connection: Connection, statement: Composed, size: int
) -> Generator[list[tuple[Any, ...]], None, None]:
    """The rows that the statement selects, `size` at a time, as the server finds them."""
    with _driver(connection).cursor(name="streamed") as cursor:
        cursor.execute(statement)
        while rows := cursor.fetchmany(size):
            yield rows


@contextmanager
def execute(connection: Connection, statement: Composed) -> Iterator[driver_cursor]:
    """A cursor of the driver that has run the statement, within the connection's transaction.

    All values stand in the statement, as literals: with parameters beside it, a percent sign in a
    label would be taken for one's place.
    """
    with _driver(connection).cursor() as cursor:
        cursor.execute(statement)
        yield cursor


def _copy(
    connection: Connection,
    table: Table,
    columns: Iterable[str],
    form: str,
    data: "io.BytesIO | _Chunks",
) -> None:
    path = (table.schema, table.name) if table.schema else (table.name,)
    statement = SQL("COPY {} ({}) FROM STDIN (FORMAT {})").format(
        Identifier(*path), SQL(", ").join(map(Identifier, columns)), SQL(form)
    )
    with _driver(connection).cursor() as cursor:
        cursor.copy_expert(statement, data, _READ_BYTES)


class _Chunks(io.RawIOBase):
    """Texts as the file that the driver reads from."""

    def __init__(self, chunks: Iterable[str]) -> None:
        super().__init__()
        self.failure: BaseException | None = None
        self._chunks = iter(chunks)
        self._rest = b""

    def read(self, size: int = -1, /) -> bytes:
        try:
            while not self._rest:
                self._rest = next(self._chunks).encode()
        except StopIteration:
            return b""
        except BaseException as failure:
            # The driver would make an error of the server's out of it.
            self.failure = failure
            raise
        part, self._rest = self._rest[:size], self._rest[size:]
        return part


def _driver(connection: Connection) -> driver_connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, driver_connection)
    return driver
