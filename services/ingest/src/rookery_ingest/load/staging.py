"""Staging: the valid rows of one batch on their way into the processed table.

The first batch goes straight into its table, which nobody else can see yet. Later batches, and rows
with keys without `spec: 2`, go into a temporary table first, to be compared. Rows that may repeat
an earlier one of their batch wait in another temporary table; they are few, as a rule. The program
itself holds only a chunk of rows, whatever the size of a source.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
from sqlalchemy import Column, Connection, MetaData, Table

from rookery_core.database.tables import CONTENT, ROW_ID
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.load.difference import Difference
from rookery_ingest.load.first_deal import FirstDeal
from rookery_ingest.load.merge import Merge, StagedTables
from rookery_ingest.load.pg_copy import Copy, CopyBuffer, copy
from rookery_ingest.load.sums import NO_ROWS, NO_SUMS, Moved, Sums, added, halves
from rookery_ingest.load.versions import Versions
from rookery_ingest.rows.duplicate_filter import DuplicateFilter
from rookery_ingest.rows.row_format import RowFormat
from rookery_ingest.rows.row_hashes import Hashes, RowHashes
from rookery_ingest.rows.rows import Rows
from rookery_ingest.rows.values import Mask

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
    removed: Moved = NO_ROWS
    """The rows that the batch removed or replaced."""
    superseded: int = 0
    """Rows among the duplicates that a later row of the source with the same key has replaced."""


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
        self._spec = spec
        self._batch = batch
        self._is_versioned = spec.spec == 2
        self._is_filtered = self._is_versioned or not spec.key
        self._buffer = buffer
        self._hashes = RowHashes(spec)
        self._format = RowFormat(spec, batch, self._hashes.columns)
        self._filter = DuplicateFilter()
        self._landed, self._waiting = 0, 0
        self._sums = NO_SUMS
        is_direct = is_first and self._is_filtered
        self.first_deal = FirstDeal(spec) if is_direct and self._is_versioned else None
        """The sides of the rows, where none has one yet."""
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
        """Brings the staged rows into the processed table, and unstages all.

        Without `spec: 2`, those that it does not hold yet are added. With it, rows that it should
        hold no longer are marked as removed too.
        """
        merged = self._merge_versions() if self._is_versioned else self._merge_once()
        for table in self._temporary_tables():
            table.drop(self._connection)
        return merged

    def apply(self, gone: Iterator[Rows], rows_in: int) -> Merged:
        """Merges the staged rows of a difference, with those that are gone, and unstages all.

        `rows_in`: how many good rows the whole source has.

        Raises:
            NotADifference: that is not enough; the whole source has to be merged.
        """
        table = _temporary("gone", self._tables.target)
        table.create(self._connection)
        encoded = (self._format.encode(rows, self._hashes.of(rows)) for rows in gone)
        copy(self._connection, self._into(table), chain.from_iterable(encoded))
        new, removed = Difference(self._connection, self._tables, table, self._batch).merge()
        for each in (*self._temporary_tables(), table):
            each.drop(self._connection)
        return Merged(new.count, rows_in - new.count, [], new.sums, removed)

    def _merge_once(self) -> Merged:
        settlement = Merge(self._connection, self._tables)
        conflicts: list[int] = []
        duplicate = 0
        if self._spec.key:
            settlement.analyze()
            conflicts = settlement.drop_conflicts()
            duplicate = settlement.drop_repeated_keys()
        repeated, sums = settlement.number_repeats() if self._waiting else (0, NO_SUMS)
        if self._tables.is_direct:
            loaded, sums = self._landed + repeated, added(self._sums, sums)
        else:
            settlement.analyze()
            duplicate += settlement.drop_duplicates()
            loaded, sums = settlement.insert()
        return Merged(loaded, duplicate, conflicts, sums)

    def _merge_versions(self) -> Merged:
        versions = Versions(self._connection, self._tables, self._batch)
        landed, duplicate, superseded = Moved(self._landed, self._sums), 0, 0
        if self._waiting and self._spec.key:
            newest = versions.keep_newest()
            duplicate, superseded = newest.dropped, newest.superseded
            landed = landed.plus(newest.landed).minus(newest.unlanded)
        elif self._waiting:
            landed = landed.plus(Moved(*Merge(self._connection, self._tables).number_repeats()))
        if self._tables.is_direct:
            return Merged(landed.count, duplicate, [], landed.sums, superseded=superseded)
        versions.analyze()
        removed = NO_ROWS
        if self._spec.is_snapshot:
            removed = versions.remove_absent()
        elif self._spec.key:
            removed = versions.remove_corrected()
        new = versions.add_new()
        duplicate += landed.count - new.count
        return Merged(new.count, duplicate, [], new.sums, removed, superseded)

    def _encoded(self, rows: Rows) -> Iterator[bytes]:
        hashes = self._hashes.of(rows)
        if self.first_deal is not None:
            self.first_deal.add(rows, hashes)
        if self._is_filtered:
            repeated = self._filter.may_repeat(halves(hashes[ROW_ID])[:, 1])
            if repeated.any():
                waiting = self._format.encode(rows.part(repeated), _part(hashes, repeated))
                self._buffer.add(self._into(self._tables.repeated), b"".join(waiting))
                self._waiting += int(repeated.sum())
                first = ~repeated
                rows, hashes = rows.part(first), _part(hashes, first)
        self._landed += len(rows)
        content = hashes[CONTENT if CONTENT in hashes else ROW_ID]
        # uint64 sums wrap at the size of a digest's lane, as the digest's own sums do.
        high, low = halves(content).sum(axis=0, dtype=np.uint64).tolist()
        self._sums = added(self._sums, (high, low))
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


def _part(hashes: Hashes, which: Mask) -> Hashes:
    return {name: each[which] for name, each in hashes.items()}
