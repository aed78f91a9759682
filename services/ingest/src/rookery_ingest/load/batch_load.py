"""Loads one raw batch into the processed table, within the table's transaction."""

from collections.abc import Iterator
from contextlib import closing, nullcontext

import structlog

from rookery_ingest.load.batch_marks import with_marks
from rookery_ingest.load.checked_rows import checked_rows
from rookery_ingest.load.dealing import Dealing
from rookery_ingest.load.difference import NotADifference
from rookery_ingest.load.first_deal import FirstDeal
from rookery_ingest.load.pg_copy import CopyBuffer
from rookery_ingest.load.primary_key import built_last
from rookery_ingest.load.processed_data import CompletedBatch, ProcessedTable
from rookery_ingest.load.quarantine import Quarantine
from rookery_ingest.load.raw_batches import RawBatch
from rookery_ingest.load.raw_data import RawData
from rookery_ingest.load.staging import Merged, Staging
from rookery_ingest.rows.rows import RowReader, Rows


def load_batch(
    table: ProcessedTable, raw: RawData, batch: RawBatch, *, is_first: bool
) -> CompletedBatch:
    """Loads all records of a batch, and compares them with the table."""
    quarantine, staging = _begun(table, batch, is_first=is_first)
    spec = with_marks(table.spec, raw, batch)
    with (
        built_last(table.connection, table.target) if is_first else nullcontext(),
        # Closed here: left to the garbage collector, it would fail where nobody can be told.
        closing(raw.records(batch)) as records,
        closing(checked_rows(spec, batch, records, quarantine)) as rows,
    ):
        # Rows: records become typed rows; the bad ones go into quarantine.
        staging.add(rows)
        # Merge: what the table does not hold yet is added to it.
        merged = staging.merge()
    quarantine.add_conflicts(raw, merged.conflicts)
    return _recorded(table, batch, merged, quarantine, staging.first_deal)


def load_difference(
    table: ProcessedTable, raw: RawData, batch: RawBatch, before: CompletedBatch
) -> CompletedBatch:
    """Loads what a batch has and the one before has not, and removes what it lacks.

    Raises:
        NotADifference: that is not enough; the transaction is to be given up, and all records are
            to be loaded.
    """
    spec = table.spec
    once = before.rows_in - before.quarantined == before.total_rows
    if batch.before != before.batch or not spec.is_snapshot or (spec.key and not once):
        raise NotADifference
    quarantine, staging = _begun(table, batch, is_first=False)
    spec = with_marks(spec, raw, batch)
    with (
        closing(raw.new_records(batch)) as records,
        closing(checked_rows(spec, batch, records, quarantine)) as rows,
    ):
        staging.add(rows)
    bad = 0

    def gone() -> Iterator[Rows]:
        nonlocal bad
        reader = RowReader(spec, batch.header, batch.source, batch.form)
        with closing(raw.gone_records(batch)) as records:
            for each in records:
                rows, bad_rows = reader.read(each)
                bad += len(bad_rows)
                yield rows

    merged = staging.apply(gone(), batch.records - quarantine.count)
    if bad != before.quarantined:
        # A line that was good when the difference was stored is bad under the spec of today.
        raise NotADifference
    return _recorded(table, batch, merged, quarantine)


def _begun(table: ProcessedTable, batch: RawBatch, *, is_first: bool) -> tuple[Quarantine, Staging]:
    buffer = CopyBuffer(table.connection)
    quarantine = Quarantine(buffer, table.spec, batch)
    staging = Staging(
        table.connection, table.spec, table.target, batch.number, buffer, is_first=is_first
    )
    return quarantine, staging


def _recorded(
    table: ProcessedTable,
    batch: RawBatch,
    merged: Merged,
    quarantine: Quarantine,
    first_deal: FirstDeal | None = None,
) -> CompletedBatch:
    if merged.superseded:
        structlog.get_logger().warning(
            "superseded",
            model=table.spec.name,
            batch=batch.number,
            rows=merged.superseded,
            reason="a later row of the source has the same key and other values, and was taken; "
            "give each key once, or add a column to key",
        )
    if table.spec.spec == 2:
        # Sides: what is new is held out or trained on, and stays so.
        Dealing(table.connection, table.spec, table.target, batch.number).deal(first_deal)
    return table.record(batch, merged, quarantined=quarantine.count)
