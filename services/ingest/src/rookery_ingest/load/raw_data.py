"""Raw data: every record of every source, verbatim, and the batch that brought it."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain

import structlog
from psycopg2.sql import SQL, Identifier, Literal
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
from rookery_ingest.load.pg_copy import Copy, copy, escaped, execute, run
from rookery_ingest.load.primary_key import built_last
from rookery_ingest.load.progress import Progress
from rookery_ingest.load.raw_difference import MOST_RECORDS, DifferenceTables, RawDifference
from rookery_ingest.load.stored_records import read_back, read_gone, read_rows
from rookery_ingest.load.tombstones import Tombstones
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
    Column("before", BigInteger, comment="the batch from which its difference is stored"),
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
            ADD COLUMN before BIGINT,
            ADD COLUMN spec SMALLINT NOT NULL DEFAULT 1,
            DROP CONSTRAINT stored_once;
        CREATE UNIQUE INDEX stored_once
            ON {RAW_SCHEMA}.batches (model, source_digest) WHERE spec = 1;
    END IF;
END $$
"""
"""Gives a table of the first release the columns of today; run again, it changes nothing."""


ERASURE = "erasure"
"""The form of a batch that has no records."""


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
    before: int | None = None
    """The batch from which its difference is stored; None where it is stored whole."""

    @property
    def form(self) -> RecordForm:
        """Returns how its records are split."""
        return stored_form(self.stored_form)

    @property
    def is_erasure(self) -> bool:
        """Tells whether the batch brought nothing, and erased what was forgotten."""
        return self.stored_form == ERASURE


@dataclass(frozen=True, slots=True)
class Before:
    """The last completed batch, from which a difference may be stored."""

    number: int
    bad: frozenset[int]
    """Its lines that are in quarantine: they have to be read again."""


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
        self._metadata = metadata
        self._difference = DifferenceTables(spec.name)

    def prepare(self) -> None:
        """Makes the tables that are missing."""
        self._database.create(_metadata, RAW_UPGRADE)
        self._database.create(self._metadata)
        if self._spec.spec == 2:
            self._database.create(self._difference.metadata, self._difference.upgrade)

    def batches(self) -> list[RawBatch]:
        """Lists every stored batch, oldest first."""
        with self._database.transaction() as connection:
            return self._batches(connection)

    def store(
        self,
        stream: SourceStream,
        before: Before | None = None,
        tombstones: Tombstones | None = None,
    ) -> RawBatch:
        """Stores the source and returns its batch: a new one, or the one that already holds it.

        That is any earlier one; under `spec: 2` the last one that was not refused. The source is
        stored whole or not at all, and only if its size, digest, encoding, quotes and header are as
        the spec wants them. Records that `before` holds too are not stored again, and those with
        one of the tombstones are not stored at all.
        """
        with self._database.transaction() as connection:
            transaction_lock(connection, f"rookery:raw:{self._spec.name}")
            known = self._batches(connection)
            number = 1 + max((batch.number for batch in known), default=0)
            near = self._nearest(known, before)
            with self._filled(connection, is_first=not known) as freeze:
                header, records, difference = self._copy(
                    connection, number, stream, freeze=freeze, near=near, tombstones=tombstones
                )
            for same in (batch for batch in known if batch.digest == stream.digest):
                if same in self._holding(known):
                    connection.rollback()
                    return same
                # Batches are read "as of" a number: a batch that is accepted late needs a late one.
                if same.refused:
                    self._forget(connection, same)
            if difference is not None:
                difference.write(number)
            batch = RawBatch(
                number,
                stream.name,
                stream.digest,
                header,
                records,
                None,
                self._form.stored,
                None if difference is None else difference.before,
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
                    before=batch.before,
                )
            )
        return batch

    def records(self, batch: RawBatch) -> Generator[Records, None, None]:
        """Yields the batch's records by line, some at a time."""
        seen = 0
        table = Identifier(RAW_SCHEMA, self._records.name)
        with (
            self._database.transaction() as connection,
            closing(
                read_back(connection, table, batch.number)
                if batch.before is None
                else read_rows(connection, self._difference.names["view"], batch.number)
            ) as found,
        ):
            for records in found:
                seen += len(records.texts)
                yield records
        if seen != batch.records:
            raise RookeryError(
                f"batch {batch.number} of {self._spec.name!r} stored {batch.records} records, "
                f"{seen} are there; restore raw_data from a backup"
            )

    def new_records(self, batch: RawBatch) -> Generator[Records, None, None]:
        """Yields the records of a difference that the batch before does not hold."""
        table = Identifier(RAW_SCHEMA, self._records.name)
        with self._database.transaction() as connection:
            yield from read_back(connection, table, batch.number)

    def gone_records(self, batch: RawBatch) -> Generator[Records, None, None]:
        """Yields the records of the batch before that the difference no longer holds."""
        with self._database.transaction() as connection:
            yield from read_gone(connection, self._difference.names, batch.number)

    def erase(self, tombstones: Tombstones) -> RawBatch:
        """Erases every record with one of the tombstones; returns the batch of that."""
        with self._database.transaction() as connection:
            transaction_lock(connection, f"rookery:raw:{self._spec.name}")
            known = self._batches(connection)
            for batch in known:
                self._erase_from(connection, batch, tombstones)
            number = 1 + max((batch.number for batch in known), default=0)
            name = f"{ERASURE}:{number}"
            erasure = RawBatch(number, name, name, "", 0, None, ERASURE)
            connection.execute(
                raw_batches.insert().values(
                    model=self._spec.name,
                    batch=number,
                    source=name,
                    source_digest=name,
                    source_bytes=0,
                    header="",
                    records=0,
                    form=ERASURE,
                    spec=self._spec.spec,
                )
            )
            self._count_records(connection)
        return erasure

    def _erase_from(self, connection: Connection, batch: RawBatch, tombstones: Tombstones) -> None:
        """Erases the records that are stored with this batch."""
        if batch.is_erasure:
            return
        keys = tombstones.kept(batch.header, batch.source, batch.form)
        stored = Identifier(RAW_SCHEMA, self._records.name)
        lines: set[int] = set()
        with closing(read_back(connection, stored, batch.number)) as found:
            for records in found:
                lines |= keys.forgotten(records)
        table = self._records.c
        connection.execute(
            delete(self._records).where(table.batch == batch.number, table.line.in_(lines))
        )

    def _count_records(self, connection: Connection) -> None:
        """Writes how many records each batch has now."""
        view = self._difference.names["view"]
        run(connection, SQL(_COUNT).format(view=view, model=Literal(self._spec.name)))

    def lines(self, numbers: Iterable[int]) -> set[tuple[int, int]]:
        """Reads batch and line of every record of these batches."""
        view = self._difference.names["view"]
        wanted = SQL(", ").join(map(Literal, [-1, *numbers]))
        query = SQL("SELECT batch, line FROM {} WHERE batch IN ({})").format(view, wanted)
        with self._database.transaction() as connection, execute(connection, query) as cursor:
            return set(cursor.fetchall())

    def vacuum(self) -> None:
        """Rewrites the table, so that what was deleted is in its file no longer."""
        self._database.vacuum([f'{RAW_SCHEMA}."{self._records.name}"'])

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

    def _nearest(self, known: list[RawBatch], before: Before | None) -> "_Nearest | None":
        """Returns the batch from which a difference may be stored, if there is one."""
        last = self._holding(known)[-1:]
        if before is None or not last or last[0].number != before.number:
            return None
        return _Nearest(last[0], before.bad) if last[0].records <= MOST_RECORDS else None

    def _forget(self, connection: Connection, batch: RawBatch) -> None:
        connection.execute(
            delete(raw_batches).where(
                raw_batches.c.model == self._spec.name, raw_batches.c.batch == batch.number
            )
        )
        for table in (self._records, self._difference.unchanged, self._difference.gone):
            if table is self._records or self._spec.spec == 2:
                connection.execute(delete(table).where(table.c.batch == batch.number))

    def _batches(self, connection: Connection) -> list[RawBatch]:
        columns = ("batch", "source", "source_digest", "header", "records", "refused", "form")
        query = select(*(raw_batches.c[name] for name in (*columns, "before")))
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
        self,
        connection: Connection,
        batch: int,
        stream: SourceStream,
        *,
        freeze: bool,
        near: "_Nearest | None",
        tombstones: Tombstones | None,
    ) -> tuple[str, int, RawDifference | None]:
        """Copies the source's records into the table, but for those that are near already.

        Returns its header, how many records there are, and the difference if that is what it was.
        """
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
        difference = None
        if near is not None and near.is_like(header, self._form.stored):
            difference = RawDifference(connection, self._difference, near.batch.number, near.bad)

        keys = None
        if tombstones is not None and tombstones.known:
            keys = tombstones.kept(header, stream.name, self._form)

        def lines() -> Iterator[bytes]:
            nonlocal count
            for each in chain((below,), chunks):
                records = keys.kept(each) if keys else each
                count += len(records.texts)
                yield _copy_text(batch, difference.new(records) if difference else records)
                progress.report(rows=count, bytes=stream.size)

        where = Copy(self._records, ("batch", "line", "text"), "TEXT", freeze)
        copy(connection, where, lines())
        if not count:
            raise Refused(f"{stream.name} holds a header and no rows; give at least one row")
        progress.done(rows=count, bytes=stream.size)
        return header, count, difference

    def _tell_extra(self, header: str, name: str) -> None:
        """Names the columns that raw data keeps and nothing uses."""
        extra = extra_columns(header, self._spec, name, self._form)
        if extra:
            structlog.get_logger().info(
                "columns not in the spec", model=self._spec.name, columns=extra
            )


_COUNT = """
UPDATE raw.batches b SET records = n.records
FROM (SELECT batch, count(*) AS records FROM {view} GROUP BY batch) AS n
WHERE b.model = {model} AND b.batch = n.batch AND b.records <> n.records
"""


@dataclass(frozen=True, slots=True)
class _Nearest:
    """A batch whose records may come again, and its lines that have to be read again."""

    batch: RawBatch
    bad: frozenset[int]

    def is_like(self, header: str, form: str | None) -> bool:
        """Tells whether the same text is the same record below this header."""
        return (header, form) == (self.batch.header, self.batch.stored_form)


def _copy_text(batch: int, records: Records) -> bytes:
    pairs = zip(records.lines, escaped(records.texts), strict=True)
    return "".join([f"{batch}\t{line}\t{text}\n" for line, text in pairs]).encode()
