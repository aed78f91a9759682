"""Settlement: staged rows are compared with each other and with the table, where they lie."""

from dataclasses import dataclass

from psycopg2.sql import SQL, Composable, Identifier, Literal
from sqlalchemy import Connection, Table

from rookery_core.tables import BATCH, LINE, ROW_ID
from rookery_ingest.driver import execute, run
from rookery_ingest.identity import SIZE

Sums = tuple[int, int]
"""The sums of the halves of rows' identities."""


@dataclass(frozen=True, slots=True)
class StagedTables:
    """Where the rows of a batch are."""

    target: Table
    """The processed table."""
    landing: Table
    """What holds the rows that came first: the processed table itself, or one to compare with."""
    repeated: Table
    """The rows that may be repeats."""

    @property
    def is_direct(self) -> bool:
        """Whether rows land in the processed table."""
        return self.landing is self.target


class Settlement:
    """The steps of a settlement; each leaves less that is not settled."""

    def __init__(self, connection: Connection, tables: StagedTables) -> None:
        self._connection = connection
        target = tables.target
        own = [column.name for column in target.columns if column.name not in {ROW_ID, BATCH, LINE}]
        self._names: dict[str, Composable] = {
            "target": _address(target),
            "landing": _address(tables.landing),
            "repeated": _address(tables.repeated),
            "line": Identifier(LINE),
            "id": Identifier(ROW_ID),
            "size": Literal(SIZE),
            "others": SQL(", ").join(map(Identifier, (BATCH, LINE, *own))),
            "theirs": SQL(", ").join(Identifier("t", name) for name in own),
            "ours": SQL(", ").join(Identifier("s", name) for name in own),
            "sums": SQL(_SUMS).format(id=Identifier(ROW_ID)),
        }

    def number_repeats(self) -> tuple[int, Sums]:
        """The repeated rows have landed, each with an identity of its own: how many, their sums."""
        [(count, high, low)] = self._fetch(_NUMBER_REPEATS)
        return count, (int(high), int(low))

    def analyze(self) -> None:
        """The server can plan joins: nobody else analyzes a temporary table."""
        self._run("ANALYZE {landing} ({id})")

    def drop_conflicts(self) -> list[int]:
        """Of each key one row is left at most with its values; the lines of the others."""
        lines = [line for (line,) in self._fetch(_CONTRADICT_TABLE)]
        lines += [line for (line,) in self._fetch(_CONTRADICT_FIRST)]
        return sorted(lines)

    def drop_repeated_keys(self) -> int:
        """Of each key the first row is left; how many were not the first."""
        return self._run(_DROP_REPEATED_KEYS)

    def drop_duplicates(self) -> int:
        """What the table holds is staged no more; how many rows that were."""
        return self._run(_DROP_DUPLICATES)

    def insert(self) -> tuple[int, Sums]:
        """What is still staged stands in the table: how many rows, their sums."""
        [(count, high, low)] = self._fetch("SELECT count(*), {sums} FROM {landing}")
        self._run(_INSERT)
        return count, (int(high), int(low))

    def _run(self, statement: str) -> int:
        return run(self._connection, SQL(statement).format(**self._names))

    def _fetch(self, statement: str) -> list[tuple[int, ...]]:
        with execute(self._connection, SQL(statement).format(**self._names)) as cursor:
            return cursor.fetchall()


def _address(table: Table) -> Identifier:
    return Identifier(table.schema, table.name) if table.schema else Identifier(table.name)


_SUMS = """
coalesce(sum(('x' || encode(substring({id} FROM 1 FOR 8), 'hex'))::bit(64)::bigint), 0),
coalesce(sum(('x' || encode(substring({id} FROM 9 FOR 8), 'hex'))::bit(64)::bigint), 0)
"""

# The n-th of equal rows in one source, n > 1, is a row of its own: its identity is a hash of the
# content's and n. The first has landed, unless it was taken for a repeat. Few have, which a planner
# without figures would not know: hence `landed`.
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

# In the order of the index, which grows faster so.
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
