"""Staging: the valid rows of one batch on their way into the processed table.

A temporary table, gone with its transaction. Sets of rows are compared where they lie: the program
itself holds a chunk of them at most, whatever the size of a source.
"""

from dataclasses import dataclass

import numpy as np
from psycopg2.sql import SQL, Composable, Composed, Identifier, Literal
from sqlalchemy import BigInteger, Column, Connection, Double, LargeBinary, MetaData, SmallInteger
from sqlalchemy import Table as SqlTable

from rookery_core.columns import NumberColumn
from rookery_core.spec import ModelSpec
from rookery_core.tables import BATCH, LINE, ROW_ID
from rookery_ingest.driver import copy_arrays, execute
from rookery_ingest.identity import SIZE, Identity
from rookery_ingest.rows import Rows

WORK_MEMORY = "64MB"
"""What the server may use for one sort or hash of a settlement before it goes to disk."""
LANES = 2**64
"""A digest is two sums modulo this, over the two halves of the rows' identities."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the rows of a batch."""

    loaded: int
    duplicate: int
    conflicts: list[int]
    """The lines of rows whose key another row has, with other values."""
    sums: tuple[int, int]
    """The sums of the halves of the loaded rows' identities."""


class Staging:
    """The staged rows of one batch at a time, within one transaction."""

    def __init__(self, connection: Connection, spec: ModelSpec, target: SqlTable) -> None:
        self._connection = connection
        self._spec = spec
        self._identity = Identity(spec)
        self._table = SqlTable(
            "staged",
            MetaData(),
            Column(LINE, BigInteger),
            Column(ROW_ID, LargeBinary),
            Column("_high", BigInteger),
            Column("_low", BigInteger),
            *(
                Column(c.name, Double if isinstance(c, NumberColumn) else SmallInteger)
                for c in spec.columns
            ),
            prefixes=["TEMPORARY"],
            postgresql_on_commit="DROP",
        )
        assert target.schema is not None
        self._names: dict[str, Composable] = {
            "target": Identifier(target.schema, target.name),
            "primary_key": Identifier(f"{target.name}_pkey"),
            "batch": Identifier(BATCH),
            "line": Identifier(LINE),
            "id": Identifier(ROW_ID),
            "size": Literal(SIZE),
            "columns": SQL(", ").join(Identifier(c.name) for c in spec.columns),
            "typed": SQL(", ").join(_typed(spec, name) for name in _column_names(spec)),
            "kept": SQL(", ").join(Identifier("t", name) for name in _column_names(spec)),
            "staged": SQL(", ").join(Identifier("s", name) for name in _column_names(spec)),
        }
        self._table.create(connection)
        connection.exec_driver_sql(f"SET LOCAL work_mem = '{WORK_MEMORY}'")

    def add(self, rows: Rows) -> None:
        """These rows are staged too."""
        identities = self._identity.of(rows)
        halves = np.frombuffer(identities, ">i8").reshape(len(rows), 2)
        columns = {
            LINE: rows.lines.astype(">i8"),
            ROW_ID: np.frombuffer(identities, f"V{SIZE}"),
            "_high": halves[:, 0],
            "_low": halves[:, 1],
        }
        for name, values in rows.columns.items():
            columns[name] = values.astype(values.dtype.newbyteorder(">"))
        copy_arrays(self._connection, self._table, columns)

    def settle(self, batch: int) -> Settled:
        """The staged rows that are new stand in the processed table; none is staged any more."""
        # A temporary table is analyzed by nobody else; without figures the joins are planned badly.
        self._run("ANALYZE staged")
        conflicts: list[int] = []
        duplicate = 0
        if self._spec.key:
            conflicts, duplicate = self._settle_keys()
        else:
            self._run(_COUNT_OCCURRENCES)
        duplicate += self._run(_DROP_DUPLICATES)
        [(high, low)] = self._fetch(
            "SELECT coalesce(sum(_high), 0), coalesce(sum(_low), 0) FROM staged"
        )
        loaded = self._insert(batch)
        self._run("TRUNCATE staged")
        return Settled(loaded, duplicate, conflicts, (int(high), int(low)))

    def _insert(self, batch: int) -> int:
        number = Literal(batch)
        if self._fetch("SELECT FROM {target} LIMIT 1"):
            return self._run(_INSERT + _IN_ORDER_OF_THE_INDEX, number=number)
        # An index over many rows is built faster than it grows row by row.
        self._run("ALTER TABLE {target} DROP CONSTRAINT {primary_key}")
        loaded = self._run(_INSERT, number=number)
        self._run("ALTER TABLE {target} ADD CONSTRAINT {primary_key} PRIMARY KEY ({id})")
        return loaded

    def _settle_keys(self) -> tuple[list[int], int]:
        """Leaves the first row of each key, unless the table holds another of that key.

        Returns the lines of rows that contradict the one before them, and the number of those that
        repeat it.
        """
        lines = [line for (line,) in self._fetch(_CONTRADICT_TABLE)]
        lines += [line for (line,) in self._fetch(_CONTRADICT_FIRST)]
        return sorted(lines), self._run(_DROP_REPEATED_KEYS)

    def _run(self, statement: str, **values: Composable) -> int:
        with execute(self._connection, self._composed(statement, **values)) as cursor:
            return cursor.rowcount

    def _fetch(self, statement: str) -> list[tuple[int, ...]]:
        with execute(self._connection, self._composed(statement)) as cursor:
            return cursor.fetchall()

    def _composed(self, statement: str, **values: Composable) -> Composed:
        return SQL(statement).format(**self._names, **values)


def _column_names(spec: ModelSpec) -> list[str]:
    return [column.name for column in spec.columns]


def _typed(spec: ModelSpec, name: str) -> Composable:
    """A staged column as the table has it: NULL for what is missing, labels for codes."""
    column = spec.column(name)
    staged = Identifier("s", name)
    if isinstance(column, NumberColumn):
        return SQL("nullif({}, 'NaN')").format(staged)
    return SQL("({})[{}]").format(Literal(list(column.values)), staged)


# The n-th of equal rows in one source, n > 1, is a row of its own: its identity is a hash of the
# content's and n.
_COUNT_OCCURRENCES = """
UPDATE staged SET
    {id} = later.id,
    _high = ('x' || encode(substring(later.id FROM 1 FOR 8), 'hex'))::bit(64)::bigint,
    _low = ('x' || encode(substring(later.id FROM 9 FOR 8), 'hex'))::bit(64)::bigint
FROM (
    SELECT line, substring(sha256(id || int8send(occurrence)) FOR {size}) AS id
    FROM (
        SELECT {line} AS line, {id} AS id,
               row_number() OVER (PARTITION BY {id} ORDER BY {line}) AS occurrence
        FROM staged
        WHERE {id} IN (SELECT {id} FROM staged GROUP BY {id} HAVING count(*) > 1)
    ) AS equal
    WHERE occurrence > 1
) AS later
WHERE staged.{line} = later.line
"""

_DROP_DUPLICATES = "DELETE FROM staged s USING {target} t WHERE t.{id} = s.{id}"

_INSERT = """
INSERT INTO {target} ({id}, {batch}, {line}, {columns})
SELECT s.{id}, {number}, s.{line}, {typed} FROM staged s
"""

_IN_ORDER_OF_THE_INDEX = "ORDER BY s.{id}"

_CONTRADICT_TABLE = """
DELETE FROM staged s USING {target} t
WHERE t.{id} = s.{id} AND ROW({kept}) IS DISTINCT FROM ROW({typed})
RETURNING s.{line}
"""

_CONTRADICT_FIRST = """
DELETE FROM staged s USING (
    SELECT DISTINCT ON ({id}) * FROM staged ORDER BY {id}, {line}
) AS t
WHERE t.{id} = s.{id} AND ROW({kept}) IS DISTINCT FROM ROW({staged})
RETURNING s.{line}
"""

_DROP_REPEATED_KEYS = """
DELETE FROM staged s USING staged first WHERE first.{id} = s.{id} AND first.{line} < s.{line}
"""
