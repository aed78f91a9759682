"""The snapshot: a model's rows as of one batch, divided into training rows and hold-out."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import structlog
from numpy.typing import NDArray
from pandas import DataFrame, Series, read_sql_query
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DBAPIError

from rookery_core.database.tables import BATCH, ROW_ID, batches, processed_table
from rookery_core.errors import Refused, RookeryError, Unavailable
from rookery_core.manifest import MISSING_CATEGORY
from rookery_core.spec.columns import NumberColumn
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.waiting import Wait, poll_until
from rookery_trainer.data.feature_checks import check_features, check_float32
from rookery_trainer.data.holdout import check_holdout, held_out

_log = structlog.get_logger()


class NoData(RookeryError):
    """No batch of the model was completed in time."""


@dataclass(frozen=True)
class Batch:
    """A completed batch of a model's data."""

    watermark: int
    data_digest: str
    total_rows: int


@dataclass(frozen=True)
class Rows:
    """Rows in the form in which the model sees them."""

    features: DataFrame
    """One column per feature, in the spec's order, index 0 to N - 1: float32 for a number (NaN
    where missing), str for a category (`rookery_core.manifest.MISSING_CATEGORY` where missing)."""
    labels: NDArray[np.intp]
    """[N] indices into the spec's classes."""
    keys: tuple[bytes, ...]
    """[N] row ids of the processed table."""

    def __len__(self) -> int:
        return len(self.keys)

    def take(self, positions: NDArray[np.intp]) -> "Rows":
        """Selects the rows at these positions, in this order."""
        return Rows(
            features=self.features.iloc[positions].reset_index(drop=True),
            labels=self.labels[positions],
            keys=tuple(self.keys[position] for position in positions),
        )


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

    @property
    def content_digest(self) -> str:
        """SHA-256 of what the sweep sees: both sides' rows with their labels, in their order."""
        digest = hashlib.sha256()
        for rows in (self.training, self.holdout):
            digest.update(len(rows).to_bytes(8, "big") + b"".join(rows.keys))
            digest.update(rows.labels.astype(">i8").tobytes())
            for name in rows.features:
                column = rows.features[name]
                number = column.dtype == np.float32
                cells = column.to_numpy(">f4").tobytes() if number else "\0".join(column).encode()
                digest.update(cells)
        return digest.hexdigest()


def await_batch(engine: Engine, spec: ModelSpec, wait: Wait) -> Batch:
    """Waits for a completed batch of the model under this spec; returns the last one.

    Raises:
        NoData: there was none within `wait`, or the database did not answer.
    """
    seen, waiting = [""], list[bool]()

    def look() -> Batch | None:
        try:
            with engine.connect() as connection:
                batch, seen[0] = _last_batch(connection, spec)
        except DBAPIError as error:  # the server, the role or the table is not there yet
            batch, seen[0] = None, str(error.orig).strip()
        if batch is None and not waiting:
            _log.info("waiting for data", reason=seen[0], wait=wait.seconds)
            waiting.append(True)
        return batch

    try:
        return poll_until(look, wait, lambda: seen[0])
    except Unavailable as error:
        raise NoData(
            f"no completed batch of {spec.name!r} within {wait.seconds:g} s ({error}); "
            f"run the ingest job of {spec.name!r}, then this one again"
        ) from None


def read_batch(engine: Engine, spec: ModelSpec, watermark: int) -> Batch | None:
    """Reads that batch of the model; None where there is none under this spec."""
    query = select(batches).where(
        batches.c.model == spec.name,
        batches.c.batch == watermark,
        batches.c.table_digest == spec.table_digest,
    )
    with engine.connect() as connection:
        found = connection.execute(query).one_or_none()
    return Batch(found.batch, found.data_digest, found.total_rows) if found else None


def read_snapshot(engine: Engine, spec: ModelSpec, batch: Batch) -> Snapshot:
    """Reads the rows as of `batch` whose target and at least one feature are known.

    Later batches change nothing: the same batch always gives the same snapshot.

    Raises:
        Refused: the table no longer holds what the batch counted, or too few rows of a class.
    """
    table = processed_table(spec)
    names = [ROW_ID, spec.target, *spec.features]
    query = select(*(table.c[name] for name in names)).where(table.c[BATCH] <= batch.watermark)
    with engine.connect() as connection:
        frame = read_sql_query(query.order_by(table.c[ROW_ID]), connection)
    if len(frame) != batch.total_rows:
        raise Refused(
            f"the table of {spec.name!r} holds {len(frame)} rows as of batch {batch.watermark}, "
            f"the batch counted {batch.total_rows}; it was rebuilt since: start a new sweep"
        )
    rows = _rows(spec, frame)
    held = held_out(rows.features, spec.holdout)
    training, holdout = rows.take(np.flatnonzero(~held)), rows.take(np.flatnonzero(held))
    check_features(spec, training.features, len(holdout))
    combinations = len(rows.features.drop_duplicates())
    check_holdout(spec, training.labels, holdout.labels, combinations)
    return Snapshot(spec, batch.watermark, batch.data_digest, training, holdout)


def _last_batch(connection: Connection, spec: ModelSpec) -> tuple[Batch | None, str]:
    """Reads the model's last batch; None, and why, where it is not of this spec."""
    query = select(batches).where(batches.c.model == spec.name)
    last = connection.execute(query.order_by(batches.c.batch.desc()).limit(1)).one_or_none()
    if last is None:
        return None, "ingest has completed none"
    if last.table_digest != spec.table_digest:
        return None, "the table is still that of an earlier spec"
    return Batch(last.batch, last.data_digest, last.total_rows), ""


def _rows(spec: ModelSpec, frame: DataFrame) -> Rows:
    known = frame[list(spec.features)].notna().any(axis=1) & frame[spec.target].notna()
    frame = frame[known].reset_index(drop=True)
    check_float32(spec, frame)
    columns: Mapping[str, Series] = {
        column.name: frame[column.name].astype(np.float32)
        if isinstance(column, NumberColumn)
        else frame[column.name].astype(object).fillna(MISSING_CATEGORY).astype("str")
        for column in spec.feature_columns
    }
    place = {label: position for position, label in enumerate(spec.classes)}
    labels = np.array([place[label] for label in frame[spec.target]], dtype=np.intp)
    keys = tuple(bytes(key) for key in frame[ROW_ID])
    return Rows(DataFrame(columns), labels, keys)
