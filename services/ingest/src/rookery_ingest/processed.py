"""Processed data: the typed rows of a model, its quarantine, and the account of every batch."""

from collections import Counter
from contextlib import closing
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, select

from rookery_core.databases import PROCESSED_SCHEMA, table_name
from rookery_core.errors import Refused, Unavailable
from rookery_core.spec import ModelSpec
from rookery_core.tables import batches, processed_table, quarantine
from rookery_ingest.database import Database
from rookery_ingest.driver import copy_lines, escaped
from rookery_ingest.progress import Progress
from rookery_ingest.raw import RawBatch, RawData
from rookery_ingest.rows import BadRow, RowReader
from rookery_ingest.staging import LANES, Staging

QUARANTINED_TEXT = 1000
"""Characters of a bad record that the quarantine keeps; raw data keeps them all."""
CONFLICT_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Account:
    """What became of a batch's rows: `rows_in = loaded + duplicate + quarantined`."""

    batch: int
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


class ProcessedData:
    """The processed data of one model."""

    def __init__(self, database: Database, spec: ModelSpec) -> None:
        self._database = database
        self._spec = spec
        self._table = processed_table(spec)

    def prepare(self) -> None:
        """The tables that all models share exist."""
        self._database.create(batches.metadata)

    def accounts(self) -> list[Account]:
        """The completed batches, oldest first."""
        with self._database.transaction() as connection:
            return self._accounts(connection)

    def complete(self, raw: RawData, batch: RawBatch) -> Account:
        """The batch is complete: rows, quarantine and account, all in one transaction.

        Raises:
            Refused: if too many of its rows are bad; nothing has changed then.
        """
        with self._database.transaction() as connection:
            if not self._accounts(connection):
                self._recreate(connection)
            # Writers only: readers go on. A paused ingest that wakes up finds the batch complete.
            self._lock(connection)
            for account in self._accounts(connection):
                if account.table_digest != self._spec.table_digest:
                    raise Unavailable(
                        f"the table of {self._spec.name!r} was rebuilt for another spec meanwhile; "
                        "run the job again"
                    )
                if account.batch == batch.number:
                    return account
            return self._fill(connection, Staging(connection, self._spec, self._table), raw, batch)

    def rebuild(self, raw: RawData, accepted: list[RawBatch]) -> None:
        """Table, quarantine and accounts are what the spec of today makes of these batches.

        Raises:
            Refused: if a batch no longer fits; everything is as before then.
        """
        with self._database.transaction() as connection:
            self._recreate(connection)
            self._lock(connection)
            for table in (quarantine, batches):
                connection.execute(delete(table).where(table.c.model == self._spec.name))
            staging = Staging(connection, self._spec, self._table)
            for batch in accepted:
                try:
                    self._fill(connection, staging, raw, batch)
                except Refused as refusal:
                    raise Refused(
                        f"the spec of {self._spec.name!r} has changed, and batch {batch.number} "
                        f"does not fit the new one: {refusal}; mend the spec"
                    ) from None

    def _recreate(self, connection: Connection) -> None:
        self._table.drop(connection, checkfirst=True)
        self._table.create(connection)

    def _lock(self, connection: Connection) -> None:
        name = f'{PROCESSED_SCHEMA}."{table_name(self._spec.name)}"'
        connection.exec_driver_sql(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE")

    def _fill(
        self, connection: Connection, staging: Staging, raw: RawData, batch: RawBatch
    ) -> Account:
        bad = Quarantine(connection, self._spec, batch)
        reader = RowReader(self._spec, batch.header, batch.source)
        progress = Progress("loading", model=self._spec.name, batch=batch.number)
        rows_in = 0
        # Closed here: left to the garbage collector, it would fail where nobody can be told.
        with closing(raw.records(batch)) as chunks:
            for records in chunks:
                rows, bad_rows = reader.read(records)
                staging.add(rows)
                bad.add(bad_rows)
                rows_in += len(records.texts)
                progress.report(rows=rows_in, rows_in=batch.records, quarantined=bad.count)
        settled = staging.settle(batch.number)
        for start in range(0, len(settled.conflicts), CONFLICT_CHUNK):
            lines = settled.conflicts[start : start + CONFLICT_CHUNK]
            reason = f"another row has the same {', '.join(self._spec.key)} and other values"
            texts = raw.texts(batch, lines)
            bad.add([BadRow(line, texts[line], reason) for line in lines])
        before = self._accounts(connection)[-1:]
        account = Account(
            batch=batch.number,
            rows_in=rows_in,
            loaded=settled.loaded,
            duplicate=settled.duplicate,
            quarantined=bad.count,
            total_rows=settled.loaded + sum(a.total_rows for a in before),
            data_digest=_digest(before[0].data_digest if before else "", settled.sums),
            source_digest=batch.digest,
            table_digest=self._spec.table_digest,
        )
        connection.execute(batches.insert().values(model=self._spec.name, **asdict(account)))
        progress.done(rows=rows_in, rows_in=batch.records, quarantined=bad.count)
        return account

    def _accounts(self, connection: Connection) -> list[Account]:
        columns = [batches.c[name] for name in Account.__slots__]
        query = select(*columns).where(batches.c.model == self._spec.name)
        return [Account(*row) for row in connection.execute(query.order_by(batches.c.batch))]


class Quarantine:
    """The bad rows of one batch, up to the share that the spec allows."""

    def __init__(self, connection: Connection, spec: ModelSpec, batch: RawBatch) -> None:
        self.count = 0
        self._connection = connection
        self._spec = spec
        self._batch = batch
        self._faults: Counter[str] = Counter()

    def add(self, rows: list[BadRow]) -> None:
        """These rows are in quarantine too.

        Raises:
            Refused: if they are too many now.
        """
        if not rows:
            return
        self.count += len(rows)
        self._faults.update(row.reason.partition(":")[0] for row in rows)
        limit = self._spec.source.max_bad_fraction
        if self.count > limit * self._batch.records:
            first = rows[0]
            faults = ", ".join(f"{what} ({n})" for what, n in self._faults.most_common(5))
            raise Refused(
                f"{self._batch.source}: at least {self.count} of {self._batch.records} rows are "
                f"bad, more than the {limit:.3g} that source.max_bad_fraction allows; by column: "
                f"{faults}; line {first.line}: {first.reason}; the processed table is unchanged"
            )
        texts = [row.text[:QUARANTINED_TEXT] for row in rows]
        fields = zip(rows, escaped([row.reason for row in rows]), escaped(texts), strict=True)
        lead = f"{self._spec.name}\t{self._batch.number}"
        lines = [f"{lead}\t{row.line}\t{reason}\t{kept}\n" for row, reason, kept in fields]
        columns = ("model", "batch", "line", "reason", "text")
        copy_lines(self._connection, quarantine, columns, lines)


def _digest(before: str, sums: tuple[int, int]) -> str:
    """The digest with the identities of more rows added, half by half."""
    halves = (int(before[:16] or "0", 16), int(before[16:] or "0", 16))
    return "".join(f"{(a + b) % LANES:016x}" for a, b in zip(halves, sums, strict=True))
