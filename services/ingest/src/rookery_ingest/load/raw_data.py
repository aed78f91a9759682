"""Raw data: every record of every source, verbatim."""

from collections.abc import Generator, Iterable
from contextlib import closing

from psycopg2.sql import SQL, Identifier, Literal
from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Text, delete, select

from rookery_core.database.names import RAW_SCHEMA, table_name
from rookery_core.database.tables import ERASURE_PREFIX
from rookery_core.errors import RookeryError
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.load.database import Database, transaction_lock
from rookery_ingest.load.pg_copy import execute
from rookery_ingest.load.raw_batches import (
    ERASURE,
    Before,
    RawBatch,
    RawBatches,
    next_number,
    raw_batches,
    unquoted,
)
from rookery_ingest.load.raw_difference import MOST_RECORDS, DifferenceTables
from rookery_ingest.load.source_copy import Nearest, SourceCopy
from rookery_ingest.load.stored_records import read_back, read_gone, read_rows
from rookery_ingest.load.tombstones import Tombstones
from rookery_ingest.parsing.records import Records
from rookery_ingest.source.stream import SourceStream


class RawData:
    """The raw data of one model."""

    def __init__(self, database: Database, spec: ModelSpec) -> None:
        self._database = database
        self._spec = spec
        self._batches = RawBatches(spec)
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
        self._copy = SourceCopy(spec, self._records, self._difference)

    def prepare(self) -> None:
        """Makes the tables that are missing."""
        self._batches.prepare(self._database)
        self._database.create(self._metadata)
        if self._spec.spec == 2:
            self._database.create(self._difference.metadata, self._difference.upgrade)

    def batches(self) -> list[RawBatch]:
        """Lists every stored batch, oldest first."""
        with self._database.transaction() as connection:
            return self._batches.read(connection)

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
            known = self._batches.read(connection)
            number = next_number(known)
            near = self._nearest(known, before)
            with self._copy.filled(connection, is_first=not known) as freeze:
                header, records, difference = self._copy.copy(
                    connection, number, stream, freeze=freeze, near=near, tombstones=tombstones
                )
            for same in (batch for batch in known if batch.digest == stream.digest):
                if same in self._batches.holding(known):
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
                self._copy.form.stored,
                None if difference is None else difference.before,
            )
            self._batches.add(connection, batch, stream.size)
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
            known = self._batches.read(connection)
            for batch in known:
                self._erase_from(connection, batch, tombstones)
            number = next_number(known)
            name = f"{ERASURE_PREFIX}{number}"
            erasure = RawBatch(number, name, name, "", 0, None, ERASURE)
            self._batches.add(connection, erasure, 0)
            self._batches.count_records(connection, self._difference.names["view"])
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
        if lines and batch.refused:
            # Its reason quotes a bad record, perhaps this one.
            self._batches.refuse(connection, batch, unquoted(batch.refused))

    def lines(self, numbers: Iterable[int]) -> set[tuple[int, int]]:
        """Reads batch and line of every record of these batches."""
        view = self._difference.names["view"]
        wanted = SQL(", ").join(map(Literal, [-1, *numbers]))
        query = SQL("SELECT batch, line FROM {} WHERE batch IN ({})").format(view, wanted)
        with self._database.transaction() as connection, execute(connection, query) as cursor:
            return set(cursor.fetchall())

    def vacuum(self) -> None:
        """Rewrites the tables, so that what was deleted is in their files no longer."""
        tables = (self._records, raw_batches)
        self._database.vacuum([f'{RAW_SCHEMA}."{table.name}"' for table in tables])

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
            self._batches.refuse(connection, batch, reason)

    def _nearest(self, known: list[RawBatch], before: Before | None) -> Nearest | None:
        """Returns the batch from which a difference may be stored, if there is one."""
        last = self._batches.holding(known)[-1:]
        if before is None or not last or last[0].number != before.number:
            return None
        return Nearest(last[0], before.bad) if last[0].records <= MOST_RECORDS else None

    def _forget(self, connection: Connection, batch: RawBatch) -> None:
        self._batches.remove(connection, batch)
        for table in (self._records, self._difference.unchanged, self._difference.gone):
            if table is self._records or self._spec.spec == 2:
                connection.execute(delete(table).where(table.c.batch == batch.number))
