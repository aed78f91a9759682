"""The marks of a batch's numbers: today's spec's, unless the batch fits its own better.

A spec's marks may have been wrong, and be mended now; or the source is written otherwise now. Raw
data holds both batches verbatim.
"""

from contextlib import closing

from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.load.raw_batches import RawBatch
from rookery_ingest.load.raw_data import RawData
from rookery_ingest.parsing.records import Records
from rookery_ingest.rows.rows import RowReader


def with_marks(spec: ModelSpec, raw: RawData, batch: RawBatch) -> ModelSpec:
    """Returns the spec with the marks by which fewer of the batch's first rows are bad."""
    form = batch.form
    marks = {"decimal": form.decimal, "thousands": form.thousands}
    own = spec.model_copy(update={"csv": spec.csv.model_copy(update=marks)})
    if form.is_json or own.csv == spec.csv:
        return spec
    with closing(raw.records(batch)) as chunks:
        first = next(chunks)
    return own if _bad(own, batch, first) < _bad(spec, batch, first) else spec


def _bad(spec: ModelSpec, batch: RawBatch, records: Records) -> int:
    _, bad = RowReader(spec, batch.header, batch.source, batch.form).read(records)
    return len(bad)
