"""Staging: the valid rows of one batch on their way into the processed table.

The first batch goes straight into its table, which nobody else can see yet. Later batches, and rows
with keys, go into a temporary table first, to be compared. Rows that may repeat an earlier one of
their batch wait in another temporary table; they are few, as a rule. The program itself holds only
a chunk of rows, whatever the size of a source.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Column, Connection, MetaData, Table

from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.load.merge import Merge, StagedTables, Sums
from rookery_ingest.load.pg_copy import Copy, CopyBuffer, copy
from rookery_ingest.rows.duplicate_filter import DuplicateFilter
from rookery_ingest.rows.row_format import RowFormat
from rookery_ingest.rows.row_hash import HASH_BYTES, RowHasher
from rookery_ingest.rows.rows import Rows

WORK_MEMORY = "64MB"
"""What the server may use for one sort or hash of a merge before it goes to disk."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of the rows of a batch."""

    loaded: int
    duplicate: int
    conflicts: list[int]
    """The lines of rows whose key another row has, with other values."""
    sums: Sums
    """The sums of the halves of the loaded rows' hashes."""


class Staging:
    """The staged rows of one batch, within one transaction.

    `is_first`: the table was made in this transaction, is empty, and has no primary key yet.
    """

    def __init__(
        self,
        connection: Connection,
        spec: ModelSpec,
        target: Table,
        batch: int,
        buffer: CopyBuffer,
        *,
        is_first: bool,
    ) -> None:
        self._connection = connection
        self._has_keys = bool(spec.key)
        self._buffer = buffer
        self._hasher = RowHasher(spec)
        self._format = RowFormat(spec, batch)
        self._filter = DuplicateFilter()
        self._landed, self._waiting = 0, 0
        self._high, self._low = 0, 0
        is_direct = is_first and not spec.key
        self._tables = StagedTables(
            target,
            target if is_direct else _temporary("staged", target),
            _temporary("repeated", target),
        )
        for table in self._temporary_tables():
            table.create(connection)
        connection.exec_driver_sql(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
        # Without statistics, the planner guesses high costs, and would compile for nothing.
        connection.exec_driver_sql("SET LOCAL jit = off")

    def add(self, rows: Iterator[Rows]) -> None:
        """Stages all these rows, and writes what came into the buffer meanwhile."""
        has_ended = False

        def some() -> Iterator[bytes]:
            nonlocal has_ended
            for chunk in rows:
                yield from self._encoded(chunk)
                if self._buffer.is_full:
                    return
            has_ended = True

        while not has_ended:
            copy(self._connection, self._into(self._tables.landing), some())
            self._buffer.write()

    def merge(self) -> Merged:
        """Adds the new ones among the staged rows to the processed table, and unstages all."""
        settlement = Merge(self._connection, self._tables)
        conflicts: list[int] = []
        duplicate = 0
        if self._has_keys:
            settlement.analyze()
            conflicts = settlement.drop_conflicts()
            duplicate = settlement.drop_repeated_keys()
        repeated, (high, low) = settlement.number_repeats() if self._waiting else (0, (0, 0))
        if self._tables.is_direct:
            loaded, high, low = self._landed + repeated, self._high + high, self._low + low
        else:
            settlement.analyze()
            duplicate += settlement.drop_duplicates()
            loaded, (high, low) = settlement.insert()
        for table in self._temporary_tables():
            table.drop(self._connection)
        return Merged(loaded, duplicate, conflicts, (high, low))

    def _encoded(self, rows: Rows) -> Iterator[bytes]:
        hashes = np.frombuffer(self._hasher.hash(rows), f"V{HASH_BYTES}")
        halves = hashes.view(">u8").astype(np.uint64).reshape(len(rows), 2)
        if not self._has_keys:
            repeated = self._filter.may_repeat(halves[:, 1])
            if repeated.any():
                waiting = self._format.encode(rows.part(repeated), hashes[repeated])
                self._buffer.add(self._into(self._tables.repeated), b"".join(waiting))
                self._waiting += int(repeated.sum())
                first = ~repeated
                rows, hashes, halves = rows.part(first), hashes[first], halves[first]
        self._landed += len(rows)
        # uint64 sums wrap at the size of a digest's lane, as the digest's own sums do.
        high, low = halves.sum(axis=0, dtype=np.uint64).tolist()
        self._high, self._low = self._high + high, self._low + low
        yield from self._format.encode(rows, hashes)

    def _into(self, table: Table) -> Copy:
        # FREEZE is allowed: all these tables were made in this transaction.
        return Copy(table, self._format.columns, "BINARY", freeze=True)

    def _temporary_tables(self) -> list[Table]:
        tables = (self._tables.landing, self._tables.repeated)
        return [table for table in tables if table is not self._tables.target]


def _temporary(name: str, like: Table) -> Table:
    """Describes a temporary table of the same columns, without constraints, for one transaction."""
    columns = [Column(column.name, column.type) for column in like.columns]
    return Table(name, MetaData(), *columns, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")
