"""The merge of a difference: what is new or gone is compared with the table, and all else stays.

The n-th of equal rows is known by its content and n, so of equal rows the last ones go.
"""

from psycopg2.sql import SQL, Composable, Identifier, Literal
from sqlalchemy import Connection, Table

from rookery_core.database.tables import CONTENT, LINE, REMOVED_BATCH, ROW_ID
from rookery_ingest.load.merge import SUMS, StagedTables, address
from rookery_ingest.load.pg_copy import execute, run
from rookery_ingest.load.sums import Moved
from rookery_ingest.rows.row_hash import HASH_BYTES


class NotADifference(Exception):
    """The table does not follow from the difference alone; the whole source has to be merged."""


class Difference:
    """The steps of the merge, within one transaction, once all rows are staged."""

    def __init__(
        self, connection: Connection, tables: StagedTables, gone: Table, batch: int
    ) -> None:
        self._connection = connection
        target = tables.target
        columns = [column.name for column in target.columns]
        self._has_keys = CONTENT in columns
        content = CONTENT if self._has_keys else ROW_ID
        self._names: dict[str, Composable] = {
            "target": address(target),
            "new": address(tables.landing),
            "repeated": address(tables.repeated),
            "gone": address(gone),
            "id": Identifier(ROW_ID),
            "line": Identifier(LINE),
            "content": Identifier(content),
            "removed": Identifier(REMOVED_BATCH),
            "batch": Literal(batch),
            "size": Literal(HASH_BYTES),
            "columns": SQL(", ").join(map(Identifier, columns)),
            "others": SQL(", ").join(Identifier(name) for name in columns if name != ROW_ID),
            "sums": SQL(SUMS).format(id=Identifier(content)),
        }

    def merge(self) -> tuple[Moved, Moved]:
        """Returns the rows that were added, and those that were removed.

        Raises:
            NotADifference: a key is there more than once, or a row that is gone was not there.
        """
        self._run("INSERT INTO {new} ({columns}) SELECT {columns} FROM {repeated}")
        for table in ("new", "gone"):
            self._run(f"ANALYZE {{{table}}} ({{id}})")
        if self._has_keys:
            return self._merge_keyed()
        self._run(_CHANGED)
        self._run(_THERE)
        for table in ("changed", "there"):
            self._run(f"ANALYZE {table}")
        [(absent,)] = self._fetch(_ABSENT)
        if absent:
            raise NotADifference
        removed, added = self._moved(_REMOVE_LAST), self._moved(_ADD_NEXT)
        self._run("DROP TABLE changed, there")
        return added, removed

    def _merge_keyed(self) -> tuple[Moved, Moved]:
        [(twice, among, lost)] = self._fetch(_AMBIGUOUS)
        if twice or among or lost:
            raise NotADifference
        removed, added = self._moved(_REMOVE_KEYED), self._moved(_ADD_KEYED)
        return added, removed

    def _moved(self, statement: str) -> Moved:
        [(count, high, low)] = self._fetch(statement)
        return Moved(count, (int(high), int(low)))

    def _run(self, statement: str) -> None:
        run(self._connection, SQL(statement).format(**self._names))

    def _fetch(self, statement: str) -> list[tuple[int, ...]]:
        with execute(self._connection, SQL(statement).format(**self._names)) as cursor:
            return cursor.fetchall()


_CHANGED = """
CREATE TEMPORARY TABLE changed ON COMMIT DROP AS
SELECT id, sum(n)::bigint AS delta FROM (
    SELECT {id} AS id, 1 AS n FROM {new} UNION ALL SELECT {id}, -1 FROM {gone}
) AS each GROUP BY id HAVING sum(n) <> 0
"""

# Each current row of a content that changed, with its place among its equals.
_THERE = """
CREATE TEMPORARY TABLE there ON COMMIT DROP AS
WITH RECURSIVE there AS (
    SELECT id, 1::bigint AS n, id AS own FROM changed c
    WHERE EXISTS (SELECT FROM {target} t WHERE t.{id} = c.id AND t.{removed} IS NULL)
    UNION ALL
    SELECT id, next.n, next.own
    FROM there, LATERAL (
        SELECT there.n + 1 AS n, substring(sha256(id || int8send(there.n + 1)) FOR {size}) AS own
    ) AS next
    WHERE EXISTS (SELECT FROM {target} t WHERE t.{id} = next.own AND t.{removed} IS NULL)
)
SELECT id, n, own FROM there
"""

_ABSENT = """
WITH totals AS (SELECT id, max(n) AS total FROM there GROUP BY id)
SELECT count(*) FROM changed LEFT JOIN totals USING (id) WHERE coalesce(total, 0) + delta < 0
"""

_REMOVE_LAST = """
WITH counted AS (
    SELECT id, n, own, delta, max(n) OVER (PARTITION BY id) AS total
    FROM there JOIN changed USING (id) WHERE delta < 0
), rows AS (
    UPDATE {target} t SET {removed} = {batch} FROM counted c
    WHERE c.n > c.total + c.delta AND t.{id} = c.own AND t.{removed} IS NULL
    RETURNING t.{content}
)
SELECT count(*), {sums} FROM rows
"""

_ADD_NEXT = """
WITH totals AS (
    SELECT id, max(n) AS total FROM there GROUP BY id
), numbered AS (
    SELECT s.*, delta AS " delta",
        row_number() OVER (PARTITION BY s.{id} ORDER BY s.{line}) AS " place",
        coalesce(total, 0) AS " total"
    FROM {new} s JOIN changed c ON c.id = s.{id} LEFT JOIN totals t ON t.id = s.{id}
    WHERE delta > 0
), rows AS (
    INSERT INTO {target} ({id}, {others})
    SELECT CASE " total" + " place"
               WHEN 1 THEN {id}
               ELSE substring(sha256({id} || int8send(" total" + " place")) FOR {size})
           END, {others}
    FROM numbered WHERE " place" <= " delta" ORDER BY {id}
    RETURNING {content}
)
SELECT count(*), {sums} FROM rows
"""

_AMBIGUOUS = """
SELECT
    (SELECT count(*) - count(DISTINCT {id}) FROM {new}),
    (SELECT count(*) FROM {new} s JOIN {target} t ON t.{id} = s.{id} AND t.{removed} IS NULL
     WHERE NOT EXISTS (SELECT FROM {gone} g WHERE g.{id} = s.{id})),
    (SELECT count(*) FROM {gone} g WHERE NOT EXISTS (
        SELECT FROM {target} t
        WHERE t.{id} = g.{id} AND t.{content} = g.{content} AND t.{removed} IS NULL
    ))
"""

_REMOVE_KEYED = """
WITH rows AS (
    UPDATE {target} t SET {removed} = {batch} FROM {gone} g
    WHERE t.{id} = g.{id} AND t.{removed} IS NULL AND NOT EXISTS (
        SELECT FROM {new} s WHERE s.{id} = g.{id} AND s.{content} = g.{content}
    )
    RETURNING t.{content}
)
SELECT count(*), {sums} FROM rows
"""

_ADD_KEYED = """
WITH rows AS (
    INSERT INTO {target} ({columns}) SELECT {columns} FROM {new} s
    WHERE NOT EXISTS (
        SELECT FROM {gone} g WHERE g.{id} = s.{id} AND g.{content} = s.{content}
    )
    ORDER BY {id}
    RETURNING {content}
)
SELECT count(*), {sums} FROM rows
"""
