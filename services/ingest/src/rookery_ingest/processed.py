"""Processed data: the typed rows of a model, its quarantine, and the account of every batch."""

from collections.abc import Generator
from contextlib import closing, nullcontext
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, select

from rookery_core.databases import PROCESSED_SCHEMA, table_name
from rookery_core.errors import Refused, Unavailable
from rookery_core.spec import ModelSpec
from rookery_core.tables import batches, processed_table, quarantine
from rookery_ingest.database import Database, take_turn
from rookery_ingest.driver import Backlog
from rookery_ingest.primary_key import built_last
from rookery_ingest.progress import Progress
from rookery_ingest.quarantine import Quarantine
from rookery_ingest.raw import RawBatch, RawData
from rookery_ingest.rows import BadRow, RowReader, Rows
from rookery_ingest.settlement import Sums
from rookery_ingest.staging import Staging

CONFLICT_CHUNK = 1000
LANES = 2**64
"""A digest is two sums modulo this, over the two halves of the rows' identities."""


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
            # A paused ingest that wakes up finds the batch complete.
            self._take_turn(connection)
            accounts = self._accounts(connection)
            for account in accounts:
                if account.table_digest != self._spec.table_digest:
                    raise Unavailable(
                        f"the table of {self._spec.name!r} was rebuilt for another spec meanwhile; "
                        "run the job again"
                    )
                if account.batch == batch.number:
                    return account
            if not accounts:
                self._recreate(connection)
            self._lock(connection)
            return self._fill(connection, raw, batch, is_first=not accounts)

    def rebuild(self, raw: RawData, accepted: list[RawBatch]) -> None:
        """Table, quarantine and accounts are what the spec of today makes of these batches.

        Raises:
            Refused: if a batch no longer fits; everything is as before then.
        """
        with self._database.transaction() as connection:
            self._take_turn(connection)
            self._recreate(connection)
            self._lock(connection)
            for table in (quarantine, batches):
                connection.execute(delete(table).where(table.c.model == self._spec.name))
            for batch in accepted:
                try:
                    self._fill(connection, raw, batch, is_first=batch is accepted[0])
                except Refused as refusal:
                    raise Refused(
                        f"the spec of {self._spec.name!r} has changed, and batch {batch.number} "
                        f"does not fit the new one: {refusal}; mend the spec"
                    ) from None

    def _recreate(self, connection: Connection) -> None:
        self._table.drop(connection, checkfirst=True)
        self._table.create(connection)

    def _take_turn(self, connection: Connection) -> None:
        take_turn(connection, f"rookery:processed:{self._spec.name}")

    def _lock(self, connection: Connection) -> None:
        """Nobody else writes into the table; readers go on."""
        name = f'{PROCESSED_SCHEMA}."{table_name(self._spec.name)}"'
        connection.exec_driver_sql(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE")

    def _fill(
        self, connection: Connection, raw: RawData, batch: RawBatch, *, is_first: bool
    ) -> Account:
        backlog = Backlog(connection)
        bad = Quarantine(backlog, self._spec, batch)
        target = self._table
        staging = Staging(connection, self._spec, target, batch.number, backlog, is_first=is_first)
        with (
            built_last(connection, target) if is_first else nullcontext(),
            # Closed here: left to the garbage collector, it would fail where nobody can be told.
            closing(self._good_rows(raw, batch, bad)) as rows,
        ):
            staging.add(rows)
            settled = staging.settle()
        for start in range(0, len(settled.conflicts), CONFLICT_CHUNK):
            lines = settled.conflicts[start : start + CONFLICT_CHUNK]
            reason = f"another row has the same {', '.join(self._spec.key)} and other values"
            texts = raw.texts(batch, lines)
            bad.add([BadRow(line, texts[line], reason) for line in lines])
            backlog.write()
        before = self._accounts(connection)[-1:]
        account = Account(
            batch=batch.number,
            rows_in=batch.records,
            loaded=settled.loaded,
            duplicate=settled.duplicate,
            quarantined=bad.count,
            total_rows=settled.loaded + sum(a.total_rows for a in before),
            data_digest=_digest(before[0].data_digest if before else "", settled.sums),
            source_digest=batch.digest,
            table_digest=self._spec.table_digest,
        )
        connection.execute(batches.insert().values(model=self._spec.name, **asdict(account)))
        return account

    def _good_rows(
        self, raw: RawData, batch: RawBatch, bad: Quarantine
    ) -> Generator[Rows, None, None]:
        """The batch's valid rows, some at a time; the others are in quarantine."""
        reader = RowReader(self._spec, batch.header, batch.source)
        progress = Progress("loading", model=self._spec.name, batch=batch.number)
        read = 0
        with closing(raw.records(batch)) as chunks:
            for records in chunks:
                rows, bad_rows = reader.read(records)
                bad.add(bad_rows)
                read += len(records.texts)
                progress.report(rows=read, rows_in=batch.records, quarantined=bad.count)
                yield rows
        progress.done(rows=read, rows_in=batch.records, quarantined=bad.count)

    def _accounts(self, connection: Connection) -> list[Account]:
        columns = [batches.c[name] for name in Account.__slots__]
        query = select(*columns).where(batches.c.model == self._spec.name)
        return [Account(*row) for row in connection.execute(query.order_by(batches.c.batch))]


def _digest(before: str, sums: Sums) -> str:
    """The digest with the identities of more rows added, half by half."""
    halves = (int(before[:16] or "0", 16), int(before[16:] or "0", 16))
    return "".join(f"{(a + b) % LANES:016x}" for a, b in zip(halves, sums, strict=True))
