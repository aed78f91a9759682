"""The rows of a batch, checked: the valid ones go on, the bad ones go into quarantine."""

from collections.abc import Generator, Iterable

import structlog

from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.load.progress import Progress
from rookery_ingest.load.quarantine import Quarantine
from rookery_ingest.load.raw_batches import RawBatch
from rookery_ingest.parsing.records import Records
from rookery_ingest.rows.findings import Findings
from rookery_ingest.rows.rows import RowReader, Rows


def checked_rows(
    spec: ModelSpec, batch: RawBatch, records: Iterable[Records], quarantine: Quarantine
) -> Generator[Rows, None, None]:
    """Yields the valid rows among records of the batch, and puts the others into quarantine."""
    findings = Findings(spec)
    reader = RowReader(spec, batch.header, batch.source, batch.form)
    progress = Progress("loading", model=spec.name, batch=batch.number)
    read = 0
    for each in records:
        rows, bad_rows = reader.read(each)
        quarantine.add(bad_rows)
        findings.add(rows)
        findings.look_at(each.texts)
        read += len(each.texts)
        progress.report(rows=read, rows_in=batch.records, quarantined=quarantine.count)
        yield rows
    progress.done(rows=read, rows_in=batch.records, quarantined=quarantine.count)
    # What a first-version spec's ingest says is as it was.
    said = findings.sentences() if spec.spec == 2 else []
    if said:
        structlog.get_logger().warning(
            "findings", model=spec.name, batch=batch.number, reason="; ".join(said)
        )
