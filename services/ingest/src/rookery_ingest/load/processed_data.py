"""Processed data: the typed rows of a model, and its completed batches."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace

from sqlalchemy import Connection, delete, select

from rookery_core.database.names import PROCESSED_SCHEMA, table_name
from rookery_core.database.sides import sides_table
from rookery_core.database.tables import BATCHES_UPGRADE, batches, processed_table, quarantine
from rookery_core.errors import Unavailable
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.load.database import Database, transaction_lock
from rookery_ingest.load.raw_batches import Before, RawBatch
from rookery_ingest.load.staging import Merged
from rookery_ingest.load.sums import Moved, added, digest, negative
from rookery_ingest.load.tombstones import Tombstones, bury, tombstones


@dataclass(frozen=True, slots=True)
class CompletedBatch:
    """What became of a batch's rows, and of those before it.

    `rows_in = loaded + duplicate + quarantined`, and
    `total_rows = rows_before + loaded - removed - forgotten`.
    """

    batch: int
    """The number of the raw batch."""
    rows_in: int
    loaded: int
    duplicate: int
    quarantined: int
    removed: int
    """Rows that the batch removed or replaced: they are there for readers of earlier batches."""
    forgotten: int
    """Rows that were erased, with all their versions."""
    rows_before: int | None
    """Rows of the model as of the batch before; None in a record of the first release."""
    total_rows: int
    """Rows of the model as of this batch."""
    data_digest: str
    """The content digest as of this batch: of the same rows in any order it is the same."""
    source_digest: str
    table_digest: str

    def repeated(self) -> "CompletedBatch":
        """Returns what an ingest reports of it when it was already there: all rows are known."""
        return replace(
            self,
            loaded=0,
            duplicate=self.rows_in - self.quarantined,
            removed=0,
            forgotten=0,
            rows_before=self.total_rows,
        )


class ProcessedData:
    """The processed data of one model."""

    def __init__(self, database: Database, spec: ModelSpec) -> None:
        self._database = database
        self._spec = spec

    def prepare(self) -> None:
        """Makes the tables that all models share, where they are missing."""
        self._database.create(batches.metadata, BATCHES_UPGRADE)

    def batches(self) -> list[CompletedBatch]:
        """Lists the completed batches, oldest first."""
        with self._database.transaction() as connection:
            return ProcessedTable(connection, self._spec).batches()

    def last(self) -> Before | None:
        """Returns the last completed batch, from which a difference may be stored."""
        with self._database.transaction() as connection:
            completed = ProcessedTable(connection, self._spec).batches()
            if not completed:
                return None
            number = completed[-1].batch
            bad = select(quarantine.c.line).where(
                quarantine.c.model == self._spec.name, quarantine.c.batch == number
            )
            return Before(number, frozenset(connection.scalars(bad)))

    def tombstones(self) -> Tombstones:
        """Reads the keys of the model that were forgotten."""
        return tombstones(self._database, self._spec)

    def bury(self, key_hash: bytes) -> Tombstones:
        """Adds the tombstone of a key."""
        return bury(self._database, self._spec, key_hash)

    def vacuum(self) -> None:
        """Rewrites the tables, so that what was deleted is in their files no longer."""
        tables = (processed_table(self._spec), sides_table(self._spec), quarantine)
        self._database.vacuum([f'{PROCESSED_SCHEMA}."{table.name}"' for table in tables])

    @contextmanager
    def changing(self) -> Iterator["ProcessedTable"]:
        """Opens the transaction of a change; no other ingest of the model changes it meanwhile."""
        with self._database.transaction() as connection:
            transaction_lock(connection, f"rookery:processed:{self._spec.name}")
            yield ProcessedTable(connection, self._spec)


class ProcessedTable:
    """The table of a model's rows and its batches, within one transaction."""

    def __init__(self, connection: Connection, spec: ModelSpec) -> None:
        self.connection = connection
        self.spec = spec
        self.target = processed_table(spec)

    def batches(self) -> list[CompletedBatch]:
        """Lists the completed batches, oldest first."""
        columns = [batches.c[name] for name in CompletedBatch.__slots__]
        query = select(*columns).where(batches.c.model == self.spec.name)
        rows = self.connection.execute(query.order_by(batches.c.batch))
        return [CompletedBatch(*row) for row in rows]

    def require_spec(self) -> None:
        """Checks that the table was made for the spec of today.

        Raises:
            Unavailable: another ingest has rebuilt it for another spec.
        """
        if any(each.table_digest != self.spec.table_digest for each in self.batches()):
            raise Unavailable(
                f"the table of {self.spec.name!r} was rebuilt for another spec meanwhile; "
                "run the job again"
            )

    def recreate(self) -> None:
        """Makes the table anew, empty, as the spec wants it."""
        self.target.drop(self.connection, checkfirst=True)
        self.target.create(self.connection)
        if self.spec.spec == 2:
            # Sides stay, whatever becomes of the rows.
            sides_table(self.spec).create(self.connection, checkfirst=True)

    def lock(self) -> None:
        """Keeps everybody else from writing into the table; readers go on."""
        name = f'{PROCESSED_SCHEMA}."{table_name(self.spec.name)}"'
        self.connection.exec_driver_sql(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE")

    def forget_batches(self) -> None:
        """Removes the model's quarantine and the records of its completed batches."""
        for table in (quarantine, batches):
            self.connection.execute(delete(table).where(table.c.model == self.spec.name))

    def record_erasure(self, batch: RawBatch, erased: Moved) -> CompletedBatch:
        """Records that the batch is complete, after rows were erased."""
        [before] = self.batches()[-1:]
        completed = CompletedBatch(
            batch=batch.number,
            rows_in=0,
            loaded=0,
            duplicate=0,
            quarantined=0,
            removed=0,
            forgotten=erased.count,
            rows_before=before.total_rows,
            total_rows=before.total_rows - erased.count,
            data_digest=digest(before.data_digest, negative(erased.sums)),
            source_digest=batch.digest,
            table_digest=self.spec.table_digest,
        )
        self._insert(completed)
        return completed

    def record(self, batch: RawBatch, merged: Merged, *, quarantined: int) -> CompletedBatch:
        """Records that the batch is complete, after its rows were merged."""
        before = self.batches()[-1:]
        rows_before = before[0].total_rows if before else 0
        removed = merged.removed
        completed = CompletedBatch(
            batch=batch.number,
            rows_in=batch.records,
            loaded=merged.loaded,
            duplicate=merged.duplicate,
            quarantined=quarantined,
            removed=removed.count,
            forgotten=0,
            rows_before=rows_before,
            total_rows=rows_before + merged.loaded - removed.count,
            data_digest=digest(
                before[0].data_digest if before else "",
                added(merged.sums, negative(removed.sums)),
            ),
            source_digest=batch.digest,
            table_digest=self.spec.table_digest,
        )
        self._insert(completed)
        return completed

    def _insert(self, completed: CompletedBatch) -> None:
        values = {"model": self.spec.name, **asdict(completed)}
        self.connection.execute(batches.insert().values(values))
