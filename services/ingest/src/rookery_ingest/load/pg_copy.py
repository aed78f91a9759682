"""COPY and reading many rows, which psycopg2 does better than SQLAlchemy.

Two of COPY's formats are used (https://www.postgresql.org/docs/current/sql-copy.html): text for
texts, and binary for arrays, whose values then need no formatting one by one.
"""

import io
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

import psycopg2
from psycopg2.extensions import connection as driver_connection
from psycopg2.extensions import cursor as driver_cursor
from psycopg2.sql import SQL, Composed, Identifier
from sqlalchemy import Connection, Table

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_READ_BYTES = 1024 * 1024
_BUFFER_BYTES = 1024 * 1024
_BINARY_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_BINARY_TAIL = (-1).to_bytes(2, "big", signed=True)


@dataclass(frozen=True, slots=True)
class Copy:
    """Where rows go, and how they are written."""

    table: Table
    columns: tuple[str, ...]
    form: Literal["TEXT", "BINARY"]
    freeze: bool = False
    """Whether rows are written as already frozen: only in a table of the same transaction."""

    @property
    def statement(self) -> Composed:
        """Returns the COPY statement."""
        path = (self.table.schema, self.table.name) if self.table.schema else (self.table.name,)
        return SQL("COPY {} ({}) FROM STDIN (FORMAT {}, FREEZE {})").format(
            Identifier(*path),
            SQL(", ").join(map(Identifier, self.columns)),
            SQL(self.form),
            SQL(str(self.freeze)),
        )


def escaped(texts: Sequence[str]) -> Sequence[str]:
    """Escapes texts for COPY's text format."""
    joined = "\n".join(texts)
    if any(special in joined for special in "\\\t\r") or joined.count("\n") >= max(1, len(texts)):
        return [text.translate(_ESCAPES) for text in texts]
    return texts


def copy(connection: Connection, where: Copy, chunks: Iterable[bytes]) -> None:
    """Adds rows to a table; each chunk holds whole rows or parts of them.

    The server works on one chunk while the next is made. An error of `chunks` is raised unchanged.
    """
    if where.form == "BINARY":
        chunks = chain((_BINARY_HEAD,), chunks, (_BINARY_TAIL,))
    pending = _Chunks(chunks)
    try:
        with _driver(connection).cursor() as cursor:
            cursor.copy_expert(where.statement, pending, _READ_BYTES)
    except psycopg2.Error:
        if pending.failure is None:
            raise
        raise pending.failure from None


def copied_out(connection: Connection, query: Composed) -> bytes:
    """Returns what the query selects, in COPY's binary format."""
    with _driver(connection).cursor() as cursor, io.BytesIO() as found:
        statement = SQL("COPY ({}) TO STDOUT (FORMAT BINARY)").format(query)
        cursor.copy_expert(statement, found, _READ_BYTES)
        return found.getvalue()


class CopyBuffer:
    """Rows for other tables, which wait while a COPY occupies the connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: dict[Copy, list[bytes]] = {}
        self._size = 0

    def add(self, where: Copy, rows: bytes) -> None:
        """Adds rows that have to wait."""
        self._waiting.setdefault(where, []).append(rows)
        self._size += len(rows)

    @property
    def is_full(self) -> bool:
        """Tells whether the COPY should end now, so that the waiting rows can be written."""
        return self._size > _BUFFER_BYTES

    def write(self) -> None:
        """Writes the waiting rows into their tables."""
        for where, rows in self._waiting.items():
            copy(self._connection, where, rows)
        self._waiting.clear()
        self._size = 0


def streamed(
    connection: Connection, statement: Composed, size: int
) -> Generator[list[tuple[Any, ...]], None, None]:
    """Yields the rows that the statement selects, `size` at a time, as the server finds them."""
    with _driver(connection).cursor(name="streamed") as cursor:
        cursor.execute(statement)
        while rows := cursor.fetchmany(size):
            yield rows


@contextmanager
def execute(connection: Connection, statement: Composed) -> Iterator[driver_cursor]:
    """Runs the statement in the connection's transaction and yields the driver's cursor.

    All values are literals in the statement: with separate parameters, a percent sign in a label
    would be taken for a placeholder.
    """
    with _driver(connection).cursor() as cursor:
        cursor.execute(statement)
        yield cursor


def run(connection: Connection, statement: Composed) -> int:
    """Runs the statement; returns how many rows it affected."""
    with execute(connection, statement) as cursor:
        return cursor.rowcount


class _Chunks(io.RawIOBase):
    """Presents chunks as the file that the driver reads from."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        super().__init__()
        self.failure: BaseException | None = None
        self._chunks = iter(chunks)
        self._rest = memoryview(b"")

    def read(self, size: int = -1, /) -> bytes:
        try:
            while not self._rest:
                self._rest = memoryview(next(self._chunks))
        except StopIteration:
            return b""
        except BaseException as failure:
            # The driver would turn it into an error of the server.
            self.failure = failure
            raise
        part, self._rest = self._rest[:size], self._rest[size:]
        return bytes(part)


def _driver(connection: Connection) -> driver_connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, driver_connection)
    return driver
