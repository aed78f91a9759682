"""Stored records, read back: with few statements, and never too much text at once.

A block of lines is read as one text, which spares the driver an object for every value. A block in
which a record spans lines, lines are missing, or the text would be long is read row by row. The
server reads a block while the program is at the one before.
"""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor

from psycopg2.sql import SQL, Composable, Composed, Literal
from sqlalchemy import Connection

from rookery_ingest.load.pg_copy import execute, streamed
from rookery_ingest.parsing.records import Records

BLOCK_LINES = 8192
BLOCK_BYTES = 4 * 1024 * 1024
"""The most text that is read at once, unless a single record is longer."""

_BLOCKS = """
SELECT line / {lines}, count(*), max(octet_length(text)) FROM {table}
WHERE batch = {batch} GROUP BY 1 ORDER BY 1
"""
_ROWS = """
SELECT line, text FROM {table}
WHERE batch = {batch} AND line >= {first} AND line < {end} ORDER BY line
"""
CHUNK_RECORDS = 1000
"""How many records are read at once where their size is not known."""
_ALL = "SELECT line, text FROM {table} WHERE batch = {batch} ORDER BY line"
_GONE = """
SELECT g.line, r.text FROM {gone} g JOIN {records} r ON r.batch = g.from_batch AND r.line = g.line
WHERE g.batch = {of}
"""
_JOINED = "SELECT min(line), max(line), string_agg(text, E'\\n') FROM ({rows}) AS records"


def read_back(
    connection: Connection, table: Composable, batch: int
) -> Generator[Records, None, None]:
    """Yields the batch's records by line."""

    def composed(statement: str, block: int = 0) -> Composed:
        return SQL(statement).format(
            table=table,
            batch=Literal(batch),
            lines=Literal(BLOCK_LINES),
            first=Literal(block * BLOCK_LINES),
            end=Literal((block + 1) * BLOCK_LINES),
        )

    with execute(connection, composed(_BLOCKS)) as cursor:
        blocks = cursor.fetchall()

    def read(block: int, count: int, longest: int) -> Records | None:
        if count * longest > BLOCK_BYTES:
            return None
        return _at_once(connection, SQL(_JOINED).format(rows=composed(_ROWS, block)), count)

    def one_by_one(block: int, longest: int) -> Iterator[Records]:
        for rows in streamed(connection, composed(_ROWS, block), max(1, BLOCK_BYTES // longest)):
            lines, texts = zip(*rows, strict=True)
            yield Records(lines, list(texts))

    # One thread, so that no two statements of the connection are ever under way.
    with ThreadPoolExecutor(1, "raw records") as ahead:
        coming = [ahead.submit(read, *block) for block in blocks[:1]]
        for place, (block, _, longest) in enumerate(blocks):
            records = coming.pop().result()
            if records is None:
                yield from one_by_one(block, longest)
            coming += [ahead.submit(read, *block) for block in blocks[place + 1 : place + 2]]
            if records is not None:
                yield records


def read_rows(
    connection: Connection, table: Composable, batch: int
) -> Generator[Records, None, None]:
    """Yields the batch's records by line, from a view whose lines are no column of a table."""
    statement = SQL(_ALL).format(table=table, batch=Literal(batch))
    for rows in streamed(connection, statement, CHUNK_RECORDS):
        lines, texts = zip(*rows, strict=True)
        yield Records(lines, list(texts))


def read_gone(
    connection: Connection, names: dict[str, Composable], batch: int
) -> Generator[Records, None, None]:
    """Yields the records that a difference lacks, with their lines where they are stored."""
    for rows in streamed(connection, SQL(_GONE).format(**names, of=Literal(batch)), CHUNK_RECORDS):
        lines, texts = zip(*rows, strict=True)
        yield Records(lines, list(texts))


def _at_once(connection: Connection, statement: Composed, count: int) -> Records | None:
    """Reads the `count` records of a block; None unless each is one line and no line is missing."""
    with execute(connection, statement) as cursor:
        [(first, last, joined)] = cursor.fetchall()
    texts = joined.split("\n")
    if len(texts) != count or last - first + 1 != count:
        return None
    return Records(range(first, last + 1), texts)
