"""The snapshot: a model's rows as of one batch, divided into training rows and hold-out."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import structlog
from pandas import DataFrame, Series
from pyarrow import compute
from sqlalchemy import Engine

from rookery_core.errors import Refused
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.batch import Batch
from rookery_trainer.data.erasures import require_unerased
from rookery_trainer.data.feature_checks import feature_findings
from rookery_trainer.data.fold_checks import fold_findings
from rookery_trainer.data.holdout import holdout_findings
from rookery_trainer.data.learned_spec import with_examples, with_labels, with_optional
from rookery_trainer.data.rows import Rows
from rookery_trainer.data.sides import divided
from rookery_trainer.data.table import Table
from rookery_trainer.freed_memory import return_scattered_memory
from rookery_trainer.heartbeat import Heartbeat
from rookery_trainer.scratch import scratch_folder
from rookery_trainer.store.stored_batches import BatchKey, StoredBatches, read_table

_TEXTS = 65_536
"""Texts that are joined at once."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class Snapshot:
    """What a sweep of `spec` reads, as of the batch `watermark`."""

    spec: ModelSpec
    watermark: int
    """The last batch whose rows are in the snapshot."""
    data_digest: str
    """The content digest of the model's processed rows as of that batch."""
    training: Rows
    """The rows on which trials are fitted and compared."""
    holdout: Rows
    """The rows on which only challenger and champion are scored."""
    learned: ModelSpec
    """The spec with what the training rows decide (`learned_spec`); a first-version spec is its
    own."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many rows are on neither side, by the reason."""
    held_values: DataFrame | None = None
    """The features of the hold-out as the table has them; None of a first version, whose rows are
    the same for every model."""

    sample: Rows | None = None
    """The training rows on which trials are compared, where those are not all (`search_rows`)."""

    @property
    def searched(self) -> Rows:
        """The training rows on which trials are compared."""
        return self.training if self.sample is None else self.sample

    @property
    def content_digest(self) -> str:
        """SHA-256 of what the sweep sees: the rows of both sides, with targets and weights."""
        digest = hashlib.sha256()
        for rows in (self.training, self.holdout):
            digest.update(len(rows).to_bytes(8, "big") + rows.keys.tobytes())
            target = rows.labels.astype(">i8") if rows.values is None else rows.values.astype(">f8")
            digest.update(target.tobytes())
            if rows.weights is not None:
                digest.update(rows.weights.astype(">f8").tobytes())
            for name in rows.features:
                for cells in _cells(rows.features[name]):
                    digest.update(cells)
        return digest.hexdigest()


def _cells(column: Series) -> Iterator[bytes]:
    """Yields the bytes of a column: float32, or texts in UTF-8 with a zero byte between any two."""
    if column.dtype == np.float32:
        yield column.to_numpy(">f4").tobytes()
        return
    for start in range(0, len(column), _TEXTS):
        texts = pa.array(column.iloc[start : start + _TEXTS], pa.string())
        block = pa.ListArray.from_arrays([0, len(texts)], texts)
        yield b"\0" if start else b""
        yield compute.binary_join(block, "\0")[0].as_buffer().to_pybytes()


def read_snapshot(
    engine: Engine,
    spec: ModelSpec,
    batch: Batch,
    stored: StoredBatches | None = None,
) -> Snapshot:
    """Reads the rows as of `batch` whose target and at least one feature are known.

    Later batches change nothing: the same batch always gives the same snapshot. Under `spec: 2`
    each row is on the side that ingest wrote down for it. Where there are `stored` batches, the
    rows are among them afterwards, and were read from there if they were before.

    Raises:
        Refused: the table no longer holds what the batch counted, or nothing can be learned from
            the rows; all that is wrong with them is said at once.
        RowsForgotten: the table no longer holds what the batch counted, because a row was erased.
    """
    _log.info("reading rows", rows=batch.total_rows)
    told = Heartbeat("reading rows", batch.total_rows)
    key = BatchKey(spec, batch.watermark, batch.data_digest)
    with scratch_folder() as folder:
        if stored is None:
            rows = read_table(engine, key, folder, told)
        else:
            rows = stored.read(engine, key, batch.total_rows, folder, told)
        if len(rows) != batch.total_rows:
            require_unerased(engine, spec, batch.watermark)
            raise Refused(
                f"the table of {spec.name!r} holds {len(rows)} rows as of batch {batch.watermark}, "
                f"the batch counted {batch.total_rows}; it was rebuilt since: start a new sweep"
            )
        return_scattered_memory()
        return snapshot_of(spec, rows, batch)


def snapshot_of(spec: ModelSpec, table: Table, batch: Batch) -> Snapshot:
    """Makes the snapshot of the rows that `table` holds as of `batch`.

    Raises:
        Refused: nothing can be learned from the rows.
    """
    found = divided(spec, table)
    return_scattered_memory()
    held_values = found.held_values if spec.spec == 2 else None
    findings = [
        *found.findings,
        *feature_findings(spec, found.training.features, found.holdout.features),
        *holdout_findings(spec, found.training, found.holdout),
    ]
    # What is wrong with a fold follows from what is wrong with the whole.
    findings = findings or fold_findings(spec, found.training)
    if findings:
        raise Refused("; and ".join(findings))
    if any(found.left_out.values()):
        _log.info("rows left out", **found.left_out)
    learned = found.dated_spec
    if spec.spec == 2:
        for learn in (with_labels, with_optional, with_examples):
            learned = learn(learned, found.training.features)
    return Snapshot(
        spec=spec,
        watermark=batch.watermark,
        data_digest=batch.data_digest,
        training=found.training,
        holdout=found.holdout,
        learned=learned,
        left_out=found.left_out,
        held_values=held_values,
    )
