"""Erases the rows of forgotten keys from processed data, with all their versions."""

from dataclasses import dataclass

from psycopg2.sql import SQL, Identifier
from sqlalchemy import delete, select

from rookery_core.database.sides import sides_table
from rookery_core.database.tables import BATCH, CONTENT, REMOVED_BATCH, ROW_ID, quarantine
from rookery_ingest.load.merge import SUMS, address
from rookery_ingest.load.pg_copy import execute, run
from rookery_ingest.load.processed_data import CompletedBatch, ProcessedTable
from rookery_ingest.load.raw_batches import RawBatch
from rookery_ingest.load.raw_data import RawData
from rookery_ingest.load.sums import Moved
from rookery_ingest.load.tombstones import Tombstones


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased."""

    batch: CompletedBatch
    first: int | None
    """The first batch with a row of it; None where there was none."""
    last: int | None
    """The last batch with such a row; None where it was there until now."""


def erase(table: ProcessedTable, raw: RawData, batch: RawBatch, tombstones: Tombstones) -> Erased:
    """Completes a batch that erases: rows, sides and quarantine of every tombstone."""
    names = {
        "rows": address(table.target),
        "sides": address(sides_table(table.spec)),
        "content": Identifier(CONTENT),
        "of": Identifier(BATCH),
        "removed": Identifier(REMOVED_BATCH),
        "sums": SQL(SUMS).format(id=Identifier(CONTENT)),
        "stone": tombstones.of_column(SQL("t.{}").format(Identifier(ROW_ID))),
        "identity": tombstones.of_column(SQL("t.identity").format()),
        "known": tombstones.listed(),
    }
    with execute(table.connection, SQL(_ERASE).format(**names)) as cursor:
        [(count, high, low, first, last, is_there)] = cursor.fetchall()
    run(table.connection, SQL(_ERASE_SIDES).format(**names))
    _erase_quarantine(table, raw)
    completed = table.record_erasure(batch, Moved(count, (int(high), int(low))))
    return Erased(completed, first, None if is_there or last is None else last - 1)


def _erase_quarantine(table: ProcessedTable, raw: RawData) -> None:
    """Erases the bad rows whose records are in raw data no longer."""
    mine = quarantine.c.model == table.spec.name
    bad = {
        (row.batch, row.line)
        for row in table.connection.execute(
            select(quarantine.c.batch, quarantine.c.line).where(mine)
        )
    }
    for number, line in bad - raw.lines({number for number, _ in bad}):
        table.connection.execute(
            delete(quarantine).where(mine, quarantine.c.batch == number, quarantine.c.line == line)
        )


_ERASE = """
WITH gone AS (
    DELETE FROM {rows} t WHERE {stone} = ANY ({known})
    RETURNING t.{content}, t.{of} AS first, t.{removed} AS last
), current AS (
    SELECT {content} FROM gone WHERE last IS NULL
)
SELECT
    (SELECT count(*) FROM current), sums.*,
    (SELECT min(first) FROM gone), (SELECT max(last) FROM gone),
    EXISTS (SELECT FROM current)
FROM (SELECT {sums} FROM current) AS sums
"""

_ERASE_SIDES = "DELETE FROM {sides} t WHERE {identity} = ANY ({known})"
