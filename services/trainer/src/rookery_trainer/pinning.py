"""Pinning: a sweep is bound to its spec, its data and its ordinal from its first moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from rookery_core.databases import PROCESSED, engine
from rookery_core.errors import Refused
from rookery_core.settings import PostgresSettings
from rookery_core.spec import ModelSpec
from rookery_trainer.family import Parent, Pin
from rookery_trainer.lock import locked
from rookery_trainer.runs import Runs
from rookery_trainer.snapshot import Batch, Snapshot, read_batch, read_snapshot
from rookery_trainer.steps import step


def pin_sweep(
    runs: Runs, postgres: PostgresSettings, *, sweep_id: str, batch: Batch, ordinal: int | None
) -> tuple[Parent, Snapshot]:
    """A new sweep's parent run, and the snapshot that it pins.

    Args:
        ordinal: whose draw the sweep repeats; the next new one where None.
    """
    with _processed(postgres) as source:
        snapshot = read_snapshot(source, runs.spec, batch)
    step("pin")
    # Two sweeps of a model that begin at once are still two draws.
    with locked(postgres, f"ordinal:{runs.spec.name}"):
        pin = Pin(
            sweep_id=sweep_id,
            ordinal=runs.next_ordinal() if ordinal is None else ordinal,
            watermark=batch.watermark,
            data_digest=batch.data_digest,
            content_digest=snapshot.content_digest,
            spec_digest=runs.spec.digest,
        )
        return runs.open_parent(pin), snapshot


def read_pinned(spec: ModelSpec, postgres: PostgresSettings, pin: Pin) -> Snapshot:
    """The snapshot that the sweep was begun with.

    Raises:
        Refused: spec or data are no longer what they were then.
    """
    remedy = "a sweep ends with what it began with: start a new one"
    changed = f"changed since sweep {pin.sweep_id!r} began; {remedy}"
    if spec.digest != pin.spec_digest:
        raise Refused(f"the spec of {spec.name!r} {changed}")
    with _processed(postgres) as source:
        batch = read_batch(source, spec, pin.watermark)
        if batch is None or batch.data_digest != pin.data_digest:
            raise Refused(f"batch {pin.watermark} of {spec.name!r} {changed}")
        snapshot = read_snapshot(source, spec, batch)
    if snapshot.content_digest != pin.content_digest:
        raise Refused(f"the rows of {spec.name!r} {changed}")
    return snapshot


@contextmanager
def _processed(postgres: PostgresSettings) -> Iterator[Engine]:
    source = engine(postgres, PROCESSED)
    try:
        yield source
    finally:
        source.dispose()
