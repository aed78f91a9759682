"""Staging: the valid rows of one batch on their way into the processed table.

The first batch goes straight into its table, which nobody else can see yet. A later one, or one of
rows with keys, is compared first, in a temporary table. Rows that may repeat an earlier one of
their batch wait in another: few, as a rule. The program itself holds a chunk of rows, whatever the
size of a source.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Column, Connection, MetaData, Table

from rookery_core.spec import ModelSpec
from rookery_ingest.driver import Backlog, Copy, copy
from rookery_ingest.identity import SIZE, Identity
from rookery_ingest.repeats import Repeats
from rookery_ingest.row_format import RowFormat
from rookery_ingest.rows import Rows
from rookery_ingest.settlement import Settlement, StagedTables, Sums

WORK_MEMORY = "64MB"
"""What the server may use for one sort or hash of a settlement before it goes to disk."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the rows of a batch."""

    loaded: int
    duplicate: int
    conflicts: list[int]
    """The lines of rows whose key another row has, with other values."""
    sums: Sums
    """The sums of the halves of the loaded rows' identities."""


class Staging:
    """The staged rows of one batch, within one transaction.

    `is_first` says that the table is of this transaction, empty, and without its key for now.
    """

    def __init__(
        self,
        connection: Connection,
        spec: ModelSpec,
        target: Table,
        batch: int,
        backlog: Backlog,
        *,
        is_first: bool,
    ) -> None:
        self._connection = connection
        self._has_keys = bool(spec.key)
        self._backlog = backlog
        self._identity = Identity(spec)
        self._format = RowFormat(spec, batch)
        self._repeats = Repeats()
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
        # Costs of tables that nobody has analyzed yet are guessed too high to compile for.
        connection.exec_driver_sql("SET LOCAL jit = off")

    def add(self, rows: Iterator[Rows]) -> None:
        """All these rows are staged, and what came into the backlog meanwhile is written."""
        has_ended = False

        def some() -> Iterator[bytes]:
            nonlocal has_ended
            for chunk in rows:
                yield from self._encoded(chunk)
                if self._backlog.is_full:
                    return
            has_ended = True

        while not has_ended:
            copy(self._connection, self._into(self._tables.landing), some())
            self._backlog.write()

    def settle(self) -> Settled:
        """The staged rows that are new stand in the processed table; none is staged any more."""
        settlement = Settlement(self._connection, self._tables)
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
        return Settled(loaded, duplicate, conflicts, (high, low))

    def _encoded(self, rows: Rows) -> Iterator[bytes]:
        identities = np.frombuffer(self._identity.of(rows), f"V{SIZE}")
        halves = identities.view(">u8").astype(np.uint64).reshape(len(rows), 2)
        if not self._has_keys:
            repeated = self._repeats.among(halves[:, 1])
            if repeated.any():
                waiting = self._format.of(rows.part(repeated), identities[repeated])
                self._backlog.add(self._into(self._tables.repeated), b"".join(waiting))
                self._waiting += int(repeated.sum())
                first = ~repeated
                rows, identities, halves = rows.part(first), identities[first], halves[first]
        self._landed += len(rows)
        # Sums of a chunk are modulo the lanes of a digest, as all its sums are in the end.
        high, low = halves.sum(axis=0, dtype=np.uint64).tolist()
        self._high, self._low = self._high + high, self._low + low
        yield from self._format.of(rows, identities)

    def _into(self, table: Table) -> Copy:
        # All these tables are of this transaction.
        return Copy(table, self._format.columns, "BINARY", freeze=True)

    def _temporary_tables(self) -> list[Table]:
        tables = (self._tables.landing, self._tables.repeated)
        return [table for table in tables if table is not self._tables.target]


def _temporary(name: str, like: Table) -> Table:
    """A table of the same columns without their constraints, gone with its transaction."""
    columns = [Column(column.name, column.type) for column in like.columns]
    return Table(name, MetaData(), *columns, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")
