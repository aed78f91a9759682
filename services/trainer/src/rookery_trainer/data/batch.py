"""Completed batches of a model's data: which one a sweep reads."""

from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DBAPIError

from rookery_core.database.tables import batches
from rookery_core.errors import RookeryError, Unavailable
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.waiting import Wait, poll_until

_log = structlog.get_logger()
# Not all columns: the trainer may come before the ingest that gives a table of the first release
# its new ones.
_BATCHES = select(
    batches.c.batch, batches.c.table_digest, batches.c.data_digest, batches.c.total_rows
)


class NoData(RookeryError):
    """No batch of the model was completed in time."""


@dataclass(frozen=True)
class Batch:
    """A completed batch of a model's data."""

    watermark: int
    data_digest: str
    total_rows: int


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
    query = _BATCHES.where(
        batches.c.model == spec.name,
        batches.c.batch == watermark,
        batches.c.table_digest == spec.table_digest,
    )
    with engine.connect() as connection:
        found = connection.execute(query).one_or_none()
    return Batch(found.batch, found.data_digest, found.total_rows) if found else None


def _last_batch(connection: Connection, spec: ModelSpec) -> tuple[Batch | None, str]:
    """Reads the model's last batch; None, and why, where it is not of this spec."""
    query = _BATCHES.where(batches.c.model == spec.name)
    last = connection.execute(query.order_by(batches.c.batch.desc()).limit(1)).one_or_none()
    if last is None:
        return None, "ingest has completed none"
    if last.table_digest != spec.table_digest:
        return None, "the table is still that of an earlier spec"
    return Batch(last.batch, last.data_digest, last.total_rows), ""
