"""Erasures: which batches a sweep has read that have lost a row since, because it was forgotten."""

from sqlalchemy import Connection, Engine, exists, select

from rookery_core.database.rows_as_of import count_as_of
from rookery_core.database.tables import ERASURE_PREFIX, batches
from rookery_core.errors import RookeryError
from rookery_core.spec.model_spec import ModelSpec


class RowsForgotten(RookeryError):
    """A row that the sweep has read was forgotten since; another sweep has to take its place."""


def erased_since(connection: Connection, spec: ModelSpec, watermark: int | None) -> bool:
    """Tells whether rows of the model were erased after that batch; None is before the first."""
    erasure = exists().where(
        batches.c.model == spec.name,
        batches.c.batch > (watermark or 0),
        batches.c.source_digest.startswith(ERASURE_PREFIX, autoescape=True),
    )
    return bool(connection.scalar(select(erasure)))


def require_unerased(engine: Engine, spec: ModelSpec, watermark: int) -> None:
    """Checks that no row of the model was erased after that batch.

    Raises:
        RowsForgotten: one was.
    """
    with engine.connect() as connection:
        if erased_since(connection, spec, watermark):
            raise RowsForgotten(
                f"a row of batch {watermark} of {spec.name!r} was forgotten; run the job again: it "
                "reads the rows that are left"
            )


def has_lost_rows(
    connection: Connection, spec: ModelSpec, watermark: int | None, data_digest: str | None
) -> bool:
    """Tells whether who read the rows as of that batch, of that digest, read a forgotten one.

    Rows of a batch are only ever erased, so fewer are there than were counted; a table that was
    made anew since was counted without them, but its digest is another one. Where it is not known
    what was read, every erasure counts.
    """
    if not erased_since(connection, spec, watermark):
        return False
    counted = select(batches.c.data_digest, batches.c.total_rows).where(
        batches.c.model == spec.name, batches.c.batch == watermark
    )
    found = connection.execute(counted).one_or_none()
    if watermark is None or found is None or found.data_digest != data_digest:
        return True
    return bool(connection.scalar(count_as_of(spec, watermark)) != found.total_rows)
