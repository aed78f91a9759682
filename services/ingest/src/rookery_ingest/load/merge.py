"""Merge: staged rows are compared with each other and with the table, inside the database."""

from dataclasses import dataclass

from psycopg2.sql import SQL, Composable, Identifier, Literal
from sqlalchemy import Connection, Table

from rookery_core.database.tables import BATCH, LINE, ROW_ID
from rookery_ingest.load.pg_copy import execute, run
from rookery_ingest.load.sums import Sums
from rookery_ingest.rows.row_hash import HASH_BYTES


@dataclass(frozen=True, slots=True)
class StagedTables:
    """The tables that hold the rows of a batch."""

    target: Table
    """The processed table."""
    landing: Table
    """Where rows land: in the processed table itself, or in one that is compared with it."""
    repeated: Table
    """The rows that may repeat an earlier one of their batch."""

    @property
    def is_direct(self) -> bool:
        """Tells whether rows land in the processed table."""
        return self.landing is self.target


class Merge:
    """The steps of a merge, in the order in which they are needed."""

    def __init__(self, connection: Connection, tables: StagedTables) -> None:
        self._connection = connection
        target = tables.target
        own = [column.name for column in target.columns if column.name not in {ROW_ID, BATCH, LINE}]
        self._names: dict[str, Composable] = {
            "target": address(target),
            "landing": address(tables.landing),
            "repeated": address(tables.repeated),
            "line": Identifier(LINE),
            "id": Identifier(ROW_ID),
            "size": Literal(HASH_BYTES),
            "others": SQL(", ").join(map(Identifier, (BATCH, LINE, *own))),
            "theirs": SQL(", ").join(Identifier("t", name) for name in own),
            "ours": SQL(", ").join(Identifier("s", name) for name in own),
            "sums": SQL(SUMS).format(id=Identifier(ROW_ID)),
        }

    def number_repeats(self) -> tuple[int, Sums]:
        """Lands the repeated rows, each with a hash of its own; returns their number and sums."""
        [(count, high, low)] = self._fetch(_NUMBER_REPEATS)
        return count, (int(high), int(low))

    def analyze(self) -> None:
        """Lets the server plan joins: nothing else analyzes a temporary table."""
        self._run("ANALYZE {landing} ({id})")

    def drop_conflicts(self) -> list[int]:
        """Drops rows whose key another row has with other values; returns their lines."""
        lines = [line for (line,) in self._fetch(_CONTRADICT_TABLE)]
        lines += [line for (line,) in self._fetch(_CONTRADICT_FIRST)]
        return sorted(lines)

    def drop_repeated_keys(self) -> int:
        """Drops all but the first row of each key; returns how many."""
        return self._run(_DROP_REPEATED_KEYS)

    def drop_duplicates(self) -> int:
        """Drops the rows that the table already holds; returns how many."""
        return self._run(_DROP_DUPLICATES)

    def insert(self) -> tuple[int, Sums]:
        """Adds the remaining rows to the table; returns how many, and their sums."""
        [(count, high, low)] = self._fetch("SELECT count(*), {sums} FROM {landing}")
        self._run(_INSERT)
        return count, (int(high), int(low))

    def _run(self, statement: str) -> int:
        return run(self._connection, SQL(statement).format(**self._names))

    def _fetch(self, statement: str) -> list[tuple[int, ...]]:
        with execute(self._connection, SQL(statement).format(**self._names)) as cursor:
            return cursor.fetchall()


def address(table: Table) -> Identifier:
    """Names the table in a statement."""
    return Identifier(table.schema, table.name) if table.schema else Identifier(table.name)


SUMS = """
coalesce(sum(('x' || encode(substring({id} FROM 1 FOR 8), 'hex'))::bit(64)::bigint), 0),
coalesce(sum(('x' || encode(substring({id} FROM 9 FOR 8), 'hex'))::bit(64)::bigint), 0)
"""

# Of equal rows in one source, each is a row of its own. The n-th, n > 1, is hashed from the first
# one's hash and n. The first has landed already, unless the filter took it for a repeat. `landed`
# is materialized because few rows match, which the planner can't know.
_NUMBER_REPEATS = """
WITH landed AS MATERIALIZED (
    SELECT {id} FROM {landing} WHERE {id} IN (SELECT {id} FROM {repeated})
), numbered AS (
    SELECT r.*,
           row_number() OVER (PARTITION BY r.{id} ORDER BY r.{line})
           + (landed.{id} IS NOT NULL)::int AS " occurrence"
    FROM {repeated} r LEFT JOIN landed ON landed.{id} = r.{id}
), added AS (
    INSERT INTO {landing} ({id}, {others})
    SELECT CASE " occurrence"
               WHEN 1 THEN {id}
               ELSE substring(sha256({id} || int8send(" occurrence")) FOR {size})
           END, {others}
    FROM numbered
    RETURNING {id}
)
SELECT count(*), {sums} FROM added
"""

_DROP_DUPLICATES = "DELETE FROM {landing} s USING {target} t WHERE t.{id} = s.{id}"

# In the order of the index, which makes the index grow faster.
_INSERT = """
INSERT INTO {target} ({id}, {others}) SELECT {id}, {others} FROM {landing} ORDER BY {id}
"""

_CONTRADICT_TABLE = """
DELETE FROM {landing} s USING {target} t
WHERE t.{id} = s.{id} AND ROW({theirs}) IS DISTINCT FROM ROW({ours})
RETURNING s.{line}
"""

_CONTRADICT_FIRST = """
DELETE FROM {landing} s USING (
    SELECT DISTINCT ON ({id}) * FROM {landing} ORDER BY {id}, {line}
) AS t
WHERE t.{id} = s.{id} AND ROW({theirs}) IS DISTINCT FROM ROW({ours})
RETURNING s.{line}
"""

_DROP_REPEATED_KEYS = """
DELETE FROM {landing} s USING {landing} first WHERE first.{id} = s.{id} AND first.{line} < s.{line}
"""
