"""A batch that is stored as its difference from the one before.

Records that the batch before holds word for word are not stored again: runs of lines say where they
are. So the raw table holds each record once for as long as it stays in the source, and only what
is new has to be read, checked and merged.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg2.sql import SQL, Composable, Literal
from sqlalchemy import BigInteger, Column, Connection, MetaData, Table

from rookery_core.database.names import RAW_SCHEMA, table_name
from rookery_ingest.load.known_records import NONE, KnownRecords, hashes_of
from rookery_ingest.load.pg_copy import Copy, copied_out, copy
from rookery_ingest.parsing.records import Records

MOST_RECORDS = 2_000_000
"""A larger batch is stored whole: its hashes would take too much memory."""
_ROW = np.dtype(
    [
        ("fields", ">i2"),
        *(("line size", ">i4"), ("line", ">i8")),
        *(("batch size", ">i4"), ("batch", ">i8")),
        *(("from_line size", ">i4"), ("from_line", ">i8")),
        *(("hash size", ">i4"), ("hash", "V16")),
    ]
)
_HEAD_BYTES, _TAIL_BYTES = 19, 2


class DifferenceTables:
    """The tables of what batches share, and a view of every batch as it came."""

    def __init__(self, model: str) -> None:
        name = table_name(model)
        self.metadata = MetaData(schema=RAW_SCHEMA)
        self.unchanged = Table(
            f"_unchanged_{name}",
            self.metadata,
            Column("batch", BigInteger, primary_key=True, autoincrement=False),
            Column("first", BigInteger, primary_key=True, autoincrement=False),
            Column("last", BigInteger, nullable=False),
            Column("from_batch", BigInteger, nullable=False, comment="whose records these are"),
            Column(
                "shift", BigInteger, nullable=False, comment="their lines there, less those here"
            ),
        )
        self.gone = Table(
            f"_gone_{name}",
            self.metadata,
            Column("batch", BigInteger, primary_key=True, autoincrement=False),
            Column("from_batch", BigInteger, primary_key=True, autoincrement=False),
            Column("line", BigInteger, primary_key=True, autoincrement=False),
        )
        # Names of models hold nothing that needs quoting.
        unchanged = f'{RAW_SCHEMA}."{self.unchanged.name}"'
        records, view = f'{RAW_SCHEMA}."{name}"', f'{RAW_SCHEMA}."_records_{name}"'
        self.names: dict[str, Composable] = {
            "records": SQL(records),
            "view": SQL(view),
            "unchanged": SQL(unchanged),
            "gone": SQL(f'{RAW_SCHEMA}."{self.gone.name}"'),
        }
        parts = {"view": view, "records": records, "unchanged": unchanged}
        self.upgrade = _VIEW.format_map(parts)
        """The statement that makes the view where it is missing."""


class RawDifference:
    """The difference of one new source from the batch before it, within one transaction."""

    def __init__(
        self, connection: Connection, tables: DifferenceTables, before: int, bad: Iterable[int]
    ) -> None:
        """Reads the hashes of the batch `before`; its `bad` lines count as not known."""
        self.before = before
        self._connection = connection
        self._tables = tables
        stored = _stored(connection, tables, before)
        known = ~np.isin(stored["line"], np.fromiter(bad, np.int64))
        self._bad = stored[~known]
        self._stored = stored[known]
        self._known = KnownRecords(np.ascontiguousarray(self._stored["hash"]))
        self._lines: list[NDArray[np.int64]] = []
        self._places: list[NDArray[np.intp]] = []

    def new(self, records: Records) -> Records:
        """Returns the records that the batch before does not hold."""
        places = self._known.find(hashes_of(records.texts))
        lines = np.asarray(records.lines, np.int64)
        found = places != NONE
        self._lines.append(lines[found])
        self._places.append(places[found])
        new = np.flatnonzero(~found).tolist()
        return Records([records.lines[at] for at in new], [records.texts[at] for at in new])

    def write(self, batch: int) -> None:
        """Writes what the batch shares with others, and what of the batch before it lacks."""
        if self._places:
            lines, places = np.concatenate(self._lines), np.concatenate(self._places)
            found = self._stored[places]
            parts = runs(lines, found["batch"], found["from_line"])
            self._copy(self._tables.unchanged, batch, parts)
        gone = np.concatenate([self._stored[self._known.left], self._bad])
        self._copy(self._tables.gone, batch, np.stack([gone["batch"], gone["from_line"]], axis=1))

    def _copy(self, table: Table, batch: int, rows: NDArray[Any]) -> None:
        columns = tuple(column.name for column in table.columns)
        lines = ["\t".join(map(str, (batch, *row))) + "\n" for row in rows.tolist()]
        copy(self._connection, Copy(table, columns, "TEXT"), ["".join(lines).encode()])


def runs(
    lines: NDArray[np.int64], batches: NDArray[np.int64], from_lines: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Returns runs [N, 4] of lines that follow each other both here and there.

    A run is its first and last line here, the batch there, and how far lines are shifted.
    """
    if not len(lines):
        return np.empty((0, 4), np.int64)
    follows = (np.diff(lines) == 1) & (np.diff(from_lines) == 1) & (np.diff(batches) == 0)
    starts = np.flatnonzero(np.append(True, ~follows))
    ends = np.append(starts[1:], len(lines)) - 1
    shifts = from_lines[starts] - lines[starts]
    return np.stack([lines[starts], lines[ends], batches[starts], shifts], axis=1).astype(np.int64)


def _stored(connection: Connection, tables: DifferenceTables, batch: int) -> NDArray[Any]:
    """Reads where the records of a batch are, and their hashes, by line."""
    found = copied_out(connection, SQL(_HASHES).format(**tables.names, batch=Literal(batch)))
    count = (len(found) - _HEAD_BYTES - _TAIL_BYTES) // _ROW.itemsize
    rows = np.frombuffer(found, _ROW, count, _HEAD_BYTES)
    native = np.dtype([("line", "i8"), ("batch", "i8"), ("from_line", "i8"), ("hash", "V16")])
    stored = np.empty(len(rows), native)
    for name in ("line", "batch", "from_line", "hash"):
        stored[name] = rows[name]
    return stored


_VIEW = """
DO $$ BEGIN
    IF to_regclass('{view}') IS NULL THEN
        CREATE VIEW {view} AS
        SELECT batch, line, text, batch AS from_batch, line AS from_line FROM {records}
        UNION ALL
        SELECT u.batch, r.line - u.shift, r.text, r.batch, r.line
        FROM {unchanged} u JOIN {records} r
            ON r.batch = u.from_batch AND r.line BETWEEN u.first + u.shift AND u.last + u.shift;
    END IF;
END $$
"""

_HASHES = """
SELECT line, from_batch, from_line, substring(sha256(convert_to(text, 'UTF8')) FOR 16)
FROM {view} WHERE batch = {batch} ORDER BY line
"""
