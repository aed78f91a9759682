"""Raw data: every record of every source, verbatim, and the batch that brought it."""

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain

import structlog
from psycopg2.sql import Identifier
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Index,
    MetaData,
    SmallInteger,
    Table,
    Text,
    delete,
    func,
    literal_column,
    select,
)

from rookery_core.database.names import RAW_SCHEMA, table_name
from rookery_core.errors import Refused, RookeryError
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.load.database import Database, transaction_lock
from rookery_ingest.load.pg_copy import Copy, copy, escaped
from rookery_ingest.load.primary_key import built_last
from rookery_ingest.load.progress import Progress
from rookery_ingest.load.stored_records import read_back
from rookery_ingest.parsing.header import column_positions, extra_columns
from rookery_ingest.parsing.record_form import RecordForm, stored_form
from rookery_ingest.parsing.records import Records
from rookery_ingest.parsing.source_records import record_form, source_records
from rookery_ingest.source.stream import SourceStream

_metadata = MetaData(schema=RAW_SCHEMA)
raw_batches = Table(
    "batches",
    _metadata,
    Column("model", Text, primary_key=True),
    Column("batch", BigInteger, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False, comment="the address, without what may be secret"),
    Column("source_digest", Text, nullable=False, comment="SHA-256 of the source's bytes or rows"),
    Column("source_bytes", BigInteger, nullable=False),
    Column("header", Text, nullable=False, comment="the header record, verbatim"),
    Column("records", BigInteger, nullable=False, comment="how many, without the header"),
    Column("refused", Text, comment="why no row of it was accepted; null where some were or may"),
    Column("stored_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("form", Text, comment="how records are split; null for CSV with commas"),
    Column("spec", SmallInteger, nullable=False, server_default="1", comment="its version"),
)
# Under `spec: 2` a source that comes back after another one is a batch of its own.
Index(
    "stored_once",
    raw_batches.c.model,
    raw_batches.c.source_digest,
    unique=True,
    postgresql_where=raw_batches.c.spec == literal_column("1"),
)
RAW_UPGRADE = f"""
DO $$ BEGIN
    IF NOT EXISTS (
        SELECT FROM information_schema.columns
        WHERE table_schema = '{RAW_SCHEMA}' AND table_name = 'batches' AND column_name = 'spec'
    ) THEN
        ALTER TABLE {RAW_SCHEMA}.batches
            ADD COLUMN form TEXT,
            ADD COLUMN spec SMALLINT NOT NULL DEFAULT 1,
            DROP CONSTRAINT stored_once;
        CREATE UNIQUE INDEX stored_once
            ON {RAW_SCHEMA}.batches (model, source_digest) WHERE spec = 1;
    END IF;
END $$
"""
"""Gives the table of 0.1.0 the columns that came later; run again, it changes nothing."""


@dataclass(frozen=True, slots=True)
class RawBatch:
    """A source as it was stored, whole."""

    number: int
    source: str
    digest: str
    header: str
    records: int
    refused: str | None
    stored_form: str | None = None

    @property
    def form(self) -> RecordForm:
        """Returns how its records are split."""
        return stored_form(self.stored_form)


class RawData:
    """The raw data of one model."""

    def __init__(self, database: Database, spec: ModelSpec) -> None:
        self._database = database
        self._spec = spec
        self._form = record_form(spec)
        metadata = MetaData(schema=RAW_SCHEMA)
        self._records = Table(
            table_name(spec.name),
            metadata,
            Column("batch", BigInteger, primary_key=True, autoincrement=False),
            Column("line", BigInteger, primary_key=True, autoincrement=False),
            Column("text", Text, nullable=False),
        )
        self._tables = (_metadata, metadata)

    def prepare(self) -> None:
        """Makes the tables that are missing."""
        for metadata in self._tables:
            self._database.create(metadata, RAW_UPGRADE)

    def batches(self) -> list[RawBatch]:
        """Lists every stored batch, oldest first."""
        with self._database.transaction() as connection:
            return self._batches(connection)

    def store(self, stream: SourceStream) -> RawBatch:
        """Stores the source and returns its batch: a new one, or the one that already holds it.

        That is any earlier one; under `spec: 2` the last one that was not refused. The source is
        stored whole or not at all, and only if its size, digest, encoding, quotes and header are as
        the spec wants them.
        """
        with self._database.transaction() as connection:
            transaction_lock(connection, f"rookery:raw:{self._spec.name}")
            known = self._batches(connection)
            number = 1 + max((batch.number for batch in known), default=0)
            with self._filled(connection, is_first=not known) as freeze:
                header, records = self._copy(connection, number, stream, freeze=freeze)
            for same in (batch for batch in known if batch.digest == stream.digest):
                if same in self._holding(known):
                    connection.rollback()
                    return same
                # Batches are read "as of" a number: a batch that is accepted late needs a late one.
                if same.refused:
                    self._forget(connection, same)
            batch = RawBatch(
                number, stream.name, stream.digest, header, records, None, self._form.stored
            )
            connection.execute(
                raw_batches.insert().values(
                    model=self._spec.name,
                    batch=number,
                    source=batch.source,
                    source_digest=batch.digest,
                    source_bytes=stream.size,
                    header=header,
                    records=records,
                    form=batch.stored_form,
                    spec=self._spec.spec,
                )
            )
        return batch

    def records(self, batch: RawBatch) -> Generator[Records, None, None]:
        """Yields the batch's records by line, some at a time."""
        seen = 0
        table = Identifier(RAW_SCHEMA, self._records.name)
        with (
            self._database.transaction() as connection,
            closing(read_back(connection, table, batch.number)) as found,
        ):
            for records in found:
                seen += len(records.texts)
                yield records
        if seen != batch.records:
            raise RookeryError(
                f"batch {batch.number} of {self._spec.name!r} stored {batch.records} records, "
                f"{seen} are there; restore raw_data from a backup"
            )

    def texts(self, batch: RawBatch, lines: list[int]) -> dict[int, str]:
        """Reads the records that begin on these lines."""
        table = self._records
        query = select(table.c.line, table.c.text).where(
            table.c.batch == batch.number, table.c.line.in_(lines)
        )
        with self._database.transaction() as connection:
            return {row.line: row.text for row in connection.execute(query)}

    def refuse(self, batch: RawBatch, reason: str) -> None:
        """Marks the batch: none of its rows was accepted."""
        with self._database.transaction() as connection:
            connection.execute(
                raw_batches.update()
                .where(raw_batches.c.model == self._spec.name, raw_batches.c.batch == batch.number)
                .values(refused=reason)
            )

    def _holding(self, known: list[RawBatch]) -> list[RawBatch]:
        """Selects the batches whose source, were it given again, would change nothing."""
        accepted = [batch for batch in known if not batch.refused]
        return accepted[-1:] if self._spec.spec == 2 else accepted

    def _forget(self, connection: Connection, batch: RawBatch) -> None:
        connection.execute(
            delete(raw_batches).where(
                raw_batches.c.model == self._spec.name, raw_batches.c.batch == batch.number
            )
        )
        connection.execute(delete(self._records).where(self._records.c.batch == batch.number))

    def _batches(self, connection: Connection) -> list[RawBatch]:
        columns = ("batch", "source", "source_digest", "header", "records", "refused", "form")
        query = select(*(raw_batches.c[name] for name in columns))
        mine = query.where(raw_batches.c.model == self._spec.name).order_by(raw_batches.c.batch)
        return [RawBatch(*row) for row in connection.execute(mine)]

    @contextmanager
    def _filled(self, connection: Connection, *, is_first: bool) -> Iterator[bool]:
        """Prepares the table for many rows; yields whether they may be written frozen."""
        if not is_first or connection.execute(select(self._records).limit(1)).first():
            yield False
            return
        # A truncated table counts as made in this transaction, so rows may be frozen.
        connection.exec_driver_sql(f'TRUNCATE {RAW_SCHEMA}."{self._records.name}"')
        with built_last(connection, self._records):
            yield True

    def _copy(
        self, connection: Connection, batch: int, stream: SourceStream, *, freeze: bool
    ) -> tuple[str, int]:
        """Copies the source's records into the table; returns its header and how many there are."""
        chunks = source_records(stream.blocks(), self._spec, stream.name)
        first = next(chunks, None)
        if first is None:
            raise Refused(f"{stream.name} is empty; give a CSV file with a header and rows")
        header = first.texts[0]
        column_positions(header, self._spec, stream.name, self._form)
        self._tell_extra(header, stream.name)
        below = Records(first.lines[1:], first.texts[1:])
        progress = Progress("reading", model=self._spec.name, source=stream.name, batch=batch)
        count = 0

        def lines() -> Iterator[bytes]:
            nonlocal count
            for records in chain((below,), chunks):
                count += len(records.texts)
                yield _copy_text(batch, records)
                progress.report(rows=count, bytes=stream.size)

        where = Copy(self._records, ("batch", "line", "text"), "TEXT", freeze)
        copy(connection, where, lines())
        if not count:
            raise Refused(f"{stream.name} holds a header and no rows; give at least one row")
        progress.done(rows=count, bytes=stream.size)
        return header, count

    def _tell_extra(self, header: str, name: str) -> None:
        """Names the columns that raw data keeps and nothing uses."""
        extra = extra_columns(header, self._spec, name, self._form)
        if extra:
            structlog.get_logger().info(
                "columns not in the spec", model=self._spec.name, columns=extra
            )


def _copy_text(batch: int, records: Records) -> bytes:
    pairs = zip(records.lines, escaped(records.texts), strict=True)
    return "".join([f"{batch}\t{line}\t{text}\n" for line, text in pairs]).encode()
