"""Versions of rows: a batch adds rows and marks those that it removes; it changes none in place.

So a reader who pinned an earlier batch still finds the table as it was. These are the steps of a
merge under `spec: 2`, in the order in which they are needed; all of them run in the database.
"""

from dataclasses import dataclass

from psycopg2.sql import SQL, Composable, Identifier, Literal
from sqlalchemy import Connection

from rookery_core.database.tables import BATCH, CONTENT, LINE, REMOVED_BATCH, ROW_ID
from rookery_ingest.load.merge import SUMS, StagedTables, address
from rookery_ingest.load.pg_copy import execute, run
from rookery_ingest.load.sums import Moved


@dataclass(frozen=True, slots=True)
class Newest:
    """What became of rows whose key a later row of the same source has as well."""

    dropped: int
    superseded: int
    """Those among the dropped that had other values than the newest row of their key."""
    unlanded: Moved
    """Rows that had landed, and were dropped."""
    landed: Moved
    """Rows that landed instead, or after it was sure that no other row has their key."""


class Versions:
    """The steps of a merge under `spec: 2`, within one transaction."""

    def __init__(self, connection: Connection, tables: StagedTables, batch: int) -> None:
        self._connection = connection
        columns = [column.name for column in tables.target.columns]
        content = CONTENT if CONTENT in columns else ROW_ID
        self._names: dict[str, Composable] = {
            "target": address(tables.target),
            "landing": address(tables.landing),
            "repeated": address(tables.repeated),
            "id": Identifier(ROW_ID),
            "line": Identifier(LINE),
            "content": Identifier(content),
            "removed": Identifier(REMOVED_BATCH),
            "batch": Literal(batch),
            "of": Identifier(BATCH),
            "columns": SQL(", ").join(map(Identifier, columns)),
            "sums": SQL(SUMS).format(id=Identifier(content)),
        }

    def keep_newest(self) -> Newest:
        """Keeps the last row of each key, among those that landed and those that may repeat one."""
        [(dropped, superseded)] = self._fetch(_DROP_OLDER_REPEATED)
        [(count, high, low, other)] = self._fetch(_DROP_OLDER_LANDED)
        return Newest(
            dropped=dropped + count,
            superseded=superseded + other,
            unlanded=Moved(count, (int(high), int(low))),
            landed=self._moved(_LAND_REPEATED),
        )

    def remove_absent(self) -> Moved:
        """Marks current rows that did not land again, or landed with other values, as removed."""
        return self._moved(_REMOVE_ABSENT)

    def remove_corrected(self) -> Moved:
        """Marks current rows whose key landed with other values as removed."""
        return self._moved(_REMOVE_CORRECTED)

    def add_new(self) -> Moved:
        """Adds the landed rows that are not among the current ones to the table."""
        return self._moved(_ADD_NEW)

    def analyze(self) -> None:
        """Lets the server plan joins: nothing else analyzes a temporary table."""
        run(self._connection, SQL("ANALYZE {landing} ({id})").format(**self._names))

    def _moved(self, statement: str) -> Moved:
        [(count, high, low)] = self._fetch(statement)
        return Moved(count, (int(high), int(low)))

    def _fetch(self, statement: str) -> list[tuple[int, ...]]:
        with execute(self._connection, SQL(statement).format(**self._names)) as cursor:
            return cursor.fetchall()


_DROP_OLDER_REPEATED = """
WITH older AS (
    DELETE FROM {repeated} r USING (
        SELECT DISTINCT ON ({id}) {id}, {line}, {content}
        FROM {repeated} ORDER BY {id}, {line} DESC
    ) AS newest
    WHERE newest.{id} = r.{id} AND newest.{line} <> r.{line}
    RETURNING newest.{content} <> r.{content} AS other
)
SELECT count(*), count(*) FILTER (WHERE other) FROM older
"""

# A row that may repeat another one comes later than the one that has landed.
_DROP_OLDER_LANDED = """
WITH older AS (
    DELETE FROM {landing} l USING {repeated} r WHERE r.{id} = l.{id}
    RETURNING l.{content}, l.{content} <> r.{content} AS other
)
SELECT count(*), {sums}, count(*) FILTER (WHERE other) FROM older
"""

_LAND_REPEATED = """
WITH added AS (
    INSERT INTO {landing} ({columns}) SELECT {columns} FROM {repeated} RETURNING {content}
)
SELECT count(*), {sums} FROM added
"""

_REMOVE_ABSENT = """
WITH gone AS (
    UPDATE {target} t SET {removed} = {batch}
    WHERE t.{removed} IS NULL AND NOT EXISTS (
        SELECT FROM {landing} s WHERE s.{id} = t.{id} AND s.{content} = t.{content}
    )
    RETURNING t.{content}
)
SELECT count(*), {sums} FROM gone
"""

_REMOVE_CORRECTED = """
WITH gone AS (
    UPDATE {target} t SET {removed} = {batch} FROM {landing} s
    WHERE t.{removed} IS NULL AND s.{id} = t.{id} AND s.{content} <> t.{content}
    RETURNING t.{content}
)
SELECT count(*), {sums} FROM gone
"""

# In the order of the index, which makes the index grow faster.
_ADD_NEW = """
WITH added AS (
    INSERT INTO {target} ({columns}) SELECT {columns} FROM {landing} s
    WHERE NOT EXISTS (
        SELECT FROM {target} t WHERE t.{id} = s.{id} AND t.{removed} IS NULL
    )
    ORDER BY {id}
    RETURNING {content}
)
SELECT count(*), {sums} FROM added
"""
