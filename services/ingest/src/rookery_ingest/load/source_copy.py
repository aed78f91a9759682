"""The copy of a source into raw data, but for the records that an earlier batch holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain

import structlog
from sqlalchemy import Connection, Table, select

from rookery_core.database.names import RAW_SCHEMA
from rookery_core.errors import Refused
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.load.pg_copy import Copy, copy, escaped
from rookery_ingest.load.primary_key import built_last
from rookery_ingest.load.progress import Progress
from rookery_ingest.load.raw_batches import RawBatch
from rookery_ingest.load.raw_difference import DifferenceTables, RawDifference
from rookery_ingest.load.tombstones import Tombstones
from rookery_ingest.parsing.header import column_positions, extra_columns
from rookery_ingest.parsing.records import Records
from rookery_ingest.parsing.source_records import record_form, source_records
from rookery_ingest.source.stream import SourceStream


@dataclass(frozen=True, slots=True)
class Nearest:
    """A batch whose records may come again, and its lines that have to be read again."""

    batch: RawBatch
    bad: frozenset[int]

    def is_like(self, header: str, form: str | None) -> bool:
        """Tells whether the same text is the same record below this header."""
        return (header, form) == (self.batch.header, self.batch.stored_form)


class SourceCopy:
    """Copies sources of one model into the table of its records."""

    def __init__(self, spec: ModelSpec, table: Table, shared: DifferenceTables) -> None:
        self.form = record_form(spec)
        self._spec = spec
        self._table = table
        self._shared = shared

    @contextmanager
    def filled(self, connection: Connection, *, is_first: bool) -> Iterator[bool]:
        """Prepares the table for many rows; yields whether they may be written frozen."""
        if not is_first or connection.execute(select(self._table).limit(1)).first():
            yield False
            return
        # A truncated table counts as made in this transaction, so rows may be frozen.
        connection.exec_driver_sql(f'TRUNCATE {RAW_SCHEMA}."{self._table.name}"')
        with built_last(connection, self._table):
            yield True

    def copy(
        self,
        connection: Connection,
        batch: int,
        stream: SourceStream,
        *,
        freeze: bool,
        near: Nearest | None,
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
        column_positions(header, self._spec, stream.name, self.form)
        self._tell_extra(header, stream.name)
        below = Records(first.lines[1:], first.texts[1:])
        progress = Progress("reading", model=self._spec.name, source=stream.name, batch=batch)
        count = 0
        difference = None
        if near is not None and near.is_like(header, self.form.stored):
            difference = RawDifference(connection, self._shared, near.batch.number, near.bad)

        keys = None
        if tombstones is not None and tombstones.known:
            keys = tombstones.kept(header, stream.name, self.form)

        def lines() -> Iterator[bytes]:
            nonlocal count
            for each in chain((below,), chunks):
                records = keys.kept(each) if keys else each
                count += len(records.texts)
                yield _copy_text(batch, difference.new(records) if difference else records)
                progress.report(rows=count, bytes=stream.size)

        where = Copy(self._table, ("batch", "line", "text"), "TEXT", freeze)
        copy(connection, where, lines())
        if not count:
            raise Refused(f"{stream.name} holds a header and no rows; give at least one row")
        progress.done(rows=count, bytes=stream.size)
        return header, count, difference

    def _tell_extra(self, header: str, name: str) -> None:
        """Names the columns that raw data keeps and nothing uses."""
        extra = extra_columns(header, self._spec, name, self.form)
        if extra:
            structlog.get_logger().info(
                "columns not in the spec", model=self._spec.name, columns=extra
            )


def _copy_text(batch: int, records: Records) -> bytes:
    pairs = zip(records.lines, escaped(records.texts), strict=True)
    return "".join([f"{batch}\t{line}\t{text}\n" for line, text in pairs]).encode()
