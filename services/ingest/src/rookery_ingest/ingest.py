"""One ingest as one page: spec, earlier batches, source, raw data, rows, merge, completed batch.

A transaction cannot span two databases. A source is committed to raw data first, whole. Then its
rows, its quarantine and the record of its batch are committed to processed data, all at once.
Whatever dies in between, the next ingest finds a raw batch that is not complete, and completes it.
"""

from contextlib import closing
from dataclasses import asdict

import structlog

from rookery_core.database.connection import database_url
from rookery_core.database.locks import session_lock
from rookery_core.database.names import PROCESSED, RAW
from rookery_core.errors import Refused, Unavailable
from rookery_core.settings import PostgresSettings, S3Settings
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.load.batch_load import load_batch, load_difference
from rookery_ingest.load.constants import constants
from rookery_ingest.load.database import Database
from rookery_ingest.load.difference import NotADifference
from rookery_ingest.load.erasure import Erased, erase
from rookery_ingest.load.few_rows import few_rows
from rookery_ingest.load.processed_data import CompletedBatch, ProcessedData
from rookery_ingest.load.raw_batches import RawBatch
from rookery_ingest.load.raw_data import RawData
from rookery_ingest.load.sums import NO_ROWS
from rookery_ingest.settings import IngestSettings
from rookery_ingest.source.stream import SourceStream
from rookery_ingest.source.typed_stream import source_stream


def ingest(
    spec: ModelSpec, postgres: PostgresSettings, store: S3Settings, settings: IngestSettings
) -> CompletedBatch:
    """Brings the source into raw and processed data, and returns its batch.

    Every batch before it is complete then as well.

    Raises:
        Refused: the source, or raw data under a changed spec, breaks the contract.
        Unavailable: a server failed, or another ingest of the model did not end.
    """
    name = f"rookery:ingest:{spec.name}"
    with (
        session_lock(database_url(postgres, PROCESSED), name, settings.lock_seconds),
        closing(Database(postgres, RAW)) as raw_database,
        closing(Database(postgres, PROCESSED)) as processed_database,
    ):
        raw = RawData(raw_database, spec)
        processed = ProcessedData(processed_database, spec)
        raw.prepare()
        processed.prepare()
        rebuilt = _follow_spec(spec, raw, processed)
        complete_earlier(raw, processed)
        stream = source_stream(spec, settings, store, postgres)
        batch, new = _bring_in(spec, raw, processed, stream)
        if spec.spec == 2 and (new or rebuilt):
            _tell_what_lacks(processed, batch)
        structlog.get_logger().info("ingested", model=spec.name, new=new, **asdict(batch))
        return batch


def _tell_what_lacks(processed: ProcessedData, batch: CompletedBatch) -> None:
    """Tells of what there is too little to train a model, as one event."""
    with processed.changing() as table:
        asked = table.connection, table.spec, batch.batch
        found = [*few_rows(*asked), *constants(*asked)]
    if found:
        structlog.get_logger().warning(
            "few rows", model=table.spec.name, batch=batch.batch, reason="; ".join(found)
        )


def _follow_spec(spec: ModelSpec, raw: RawData, processed: ProcessedData) -> bool:
    """Makes processed data anew from raw data if the spec has changed what the table looks like.

    Returns whether it has.
    """
    completed = processed.batches()
    if not completed or completed[-1].table_digest == spec.table_digest:
        return False
    numbers = {each.batch for each in completed}
    structlog.get_logger().info("rebuilding", model=spec.name, batches=sorted(numbers))
    accepted = [batch for batch in raw.batches() if batch.number in numbers]
    with processed.changing() as table:
        table.recreate()
        table.lock()
        table.forget_batches()
        for batch in accepted:
            try:
                if batch.is_erasure:
                    table.record_erasure(batch, NO_ROWS)
                    continue
                load_batch(table, raw, batch, is_first=batch is accepted[0])
            except Refused as refusal:
                raise Refused(
                    f"the spec of {spec.name!r} has changed, and batch {batch.number} "
                    f"does not fit the new one: {refusal}; mend the spec"
                ) from None
    return True


def complete_earlier(raw: RawData, processed: ProcessedData) -> None:
    """Completes every raw batch that an earlier ingest left, or marks it as refused."""
    completed = {each.batch for each in processed.batches()}
    for batch in raw.batches():
        if batch.number in completed or batch.refused:
            continue
        try:
            complete(raw, processed, batch)
        except Refused as refusal:
            # The earlier ingest died before it could fail by it; today's source may be another.
            raw.refuse(batch, str(refusal))
            structlog.get_logger().warning("refused", batch=batch.number, reason=str(refusal))


def _bring_in(
    spec: ModelSpec, raw: RawData, processed: ProcessedData, stream: SourceStream
) -> tuple[CompletedBatch, bool]:
    """Returns the batch of the source, and whether it is a new one."""
    accepted = processed.batches()
    # Under `spec: 2` a source that comes back after another one is a batch of its own.
    known = accepted[-1:] if spec.spec == 2 else accepted
    completed = {each.source_digest: each for each in known}
    if spec.source.sha256 in completed:
        # Pinned, and here: reading it could change nothing.
        return completed[spec.source.sha256].repeated(), False
    # Raw data: every record of the source, verbatim.
    batch = raw.store(
        stream,
        processed.last() if spec.is_snapshot else None,
        processed.tombstones() if spec.spec == 2 and spec.key else None,
    )
    if batch.digest in completed:
        return completed[batch.digest].repeated(), False

    # Processed data: every record is a row, a duplicate of one, or in quarantine.
    try:
        return complete(raw, processed, batch), True
    except Refused as refusal:
        raw.refuse(batch, str(refusal))
        raise


def complete(raw: RawData, processed: ProcessedData, batch: RawBatch) -> CompletedBatch:
    """Completes a raw batch, in one transaction; one that is refused changes nothing."""
    if batch.is_erasure:
        return complete_erasure(raw, processed, batch).batch
    try:
        return _complete(raw, processed, batch, as_difference=batch.before is not None)
    except NotADifference:
        return _complete(raw, processed, batch, as_difference=False)


def complete_erasure(raw: RawData, processed: ProcessedData, batch: RawBatch) -> Erased:
    """Completes a batch that erases what was forgotten."""
    forgotten = processed.tombstones()
    with processed.changing() as table:
        table.require_spec()
        table.lock()
        return erase(table, raw, batch, forgotten)


def _complete(
    raw: RawData, processed: ProcessedData, batch: RawBatch, *, as_difference: bool
) -> CompletedBatch:
    with processed.changing() as table:
        table.require_spec()
        completed = table.batches()
        for each in completed:
            if each.batch == batch.number:
                # This ingest was paused, and another one did it meanwhile.
                return each
        if table.spec.spec == 2 and completed and completed[-1].batch > batch.number:
            raise Unavailable(
                f"batch {completed[-1].batch} was completed before batch {batch.number}, by "
                "another ingest meanwhile; run the job again"
            )
        if not completed:
            table.recreate()
        table.lock()
        if as_difference and completed:
            return load_difference(table, raw, batch, completed[-1])
        return load_batch(table, raw, batch, is_first=not completed)
