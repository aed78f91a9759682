"""Processed data: the typed rows of a model, and its completed batches."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace

from sqlalchemy import Connection, delete, select

from rookery_core.database.names import PROCESSED_SCHEMA, table_name
from rookery_core.database.tables import batches, processed_table, quarantine
from rookery_core.errors import Unavailable
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.load.database import Database, transaction_lock
from rookery_ingest.load.merge import Sums
from rookery_ingest.load.raw_data import RawBatch
from rookery_ingest.load.staging import Merged

LANES = 2**64
"""A digest is two sums modulo this, over the two halves of the rows' hashes."""


@dataclass(frozen=True, slots=True)
class CompletedBatch:
    """What became of a batch's rows: `rows_in = loaded + duplicate + quarantined`."""

    batch: int
    """The number of the raw batch."""
    rows_in: int
    loaded: int
    duplicate: int
    quarantined: int
    total_rows: int
    """Rows of the model as of this batch."""
    data_digest: str
    """The content digest as of this batch: of the same rows in any order it is the same."""
    source_digest: str
    table_digest: str

    def repeated(self) -> "CompletedBatch":
        """Returns what an ingest reports of it when it was already there: all rows are known."""
        return replace(self, loaded=0, duplicate=self.rows_in - self.quarantined)


class ProcessedData:
    """The processed data of one model."""

    def __init__(self, database: Database, spec: ModelSpec) -> None:
        self._database = database
        self._spec = spec

    def prepare(self) -> None:
        """Makes the tables that all models share, where they are missing."""
        self._database.create(batches.metadata)

    def batches(self) -> list[CompletedBatch]:
        """Lists the completed batches, oldest first."""
        with self._database.transaction() as connection:
            return ProcessedTable(connection, self._spec).batches()

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

    def lock(self) -> None:
        """Keeps everybody else from writing into the table; readers go on."""
        name = f'{PROCESSED_SCHEMA}."{table_name(self.spec.name)}"'
        self.connection.exec_driver_sql(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE")

    def forget_batches(self) -> None:
        """Removes the model's quarantine and the records of its completed batches."""
        for table in (quarantine, batches):
            self.connection.execute(delete(table).where(table.c.model == self.spec.name))

    def record(self, batch: RawBatch, merged: Merged, *, quarantined: int) -> CompletedBatch:
        """Records that the batch is complete, after its rows were merged."""
        before = self.batches()[-1:]
        completed = CompletedBatch(
            batch=batch.number,
            rows_in=batch.records,
            loaded=merged.loaded,
            duplicate=merged.duplicate,
            quarantined=quarantined,
            total_rows=merged.loaded + sum(each.total_rows for each in before),
            data_digest=_digest(before[0].data_digest if before else "", merged.sums),
            source_digest=batch.digest,
            table_digest=self.spec.table_digest,
        )
        values = {"model": self.spec.name, **asdict(completed)}
        self.connection.execute(batches.insert().values(values))
        return completed


def _digest(before: str, sums: Sums) -> str:
    """Adds the hashes of more rows to a digest, half by half."""
    halves = (int(before[:16] or "0", 16), int(before[16:] or "0", 16))
    return "".join(f"{(a + b) % LANES:016x}" for a, b in zip(halves, sums, strict=True))
