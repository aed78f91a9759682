"""The rows of a batch, checked: the valid ones go on, the bad ones go into quarantine."""

from collections.abc import Generator
from contextlib import closing

import structlog

from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.load.batch_marks import with_marks
from rookery_ingest.load.progress import Progress
from rookery_ingest.load.quarantine import Quarantine
from rookery_ingest.load.raw_data import RawBatch, RawData
from rookery_ingest.rows.findings import Findings
from rookery_ingest.rows.rows import RowReader, Rows


def checked_rows(
    spec: ModelSpec, raw: RawData, batch: RawBatch, quarantine: Quarantine
) -> Generator[Rows, None, None]:
    """Yields the batch's valid rows, some at a time, and puts the others into quarantine."""
    findings = Findings(spec)
    reader = RowReader(with_marks(spec, raw, batch), batch.header, batch.source, batch.form)
    progress = Progress("loading", model=spec.name, batch=batch.number)
    read = 0
    with closing(raw.records(batch)) as chunks:
        for records in chunks:
            rows, bad_rows = reader.read(records)
            quarantine.add(bad_rows)
            findings.add(rows)
            read += len(records.texts)
            progress.report(rows=read, rows_in=batch.records, quarantined=quarantine.count)
            yield rows
    progress.done(rows=read, rows_in=batch.records, quarantined=quarantine.count)
    # What a first-version spec's ingest says is as it was.
    said = findings.sentences(is_whole=read == batch.records) if spec.spec == 2 else []
    if said:
        structlog.get_logger().warning(
            "findings", model=spec.name, batch=batch.number, reason="; ".join(said)
        )
