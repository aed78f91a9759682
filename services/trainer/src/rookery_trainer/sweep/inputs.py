"""Pinning: a sweep is bound to its spec, its data and its ordinal from its first moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine

from rookery_core.databases import PROCESSED, engine
from rookery_core.errors import Refused
from rookery_core.settings import PostgresSettings
from rookery_core.spec import ModelSpec
from rookery_trainer.data.snapshot import Batch, Snapshot, read_batch, read_snapshot
from rookery_trainer.failpoints import failpoint
from rookery_trainer.locks.lock import HeldLock, locked
from rookery_trainer.tracking.runs import Runs
from rookery_trainer.tracking.sweep_runs import Parent, SweepInputs, SweepRuns


@dataclass(frozen=True)
class SweepRequest:
    """What is asked of a sweep, whichever process begins it."""

    sweep_id: str
    newest: Callable[[], Batch]
    """The batch that a new sweep is trained on; one begun before keeps its own."""
    ordinal: int | None = None
    """Whose draw a new sweep repeats; the next new one where None."""
    needless: Callable[[Batch], bool] = lambda _: False
    """Whether a new sweep on that batch would be in vain; one begun before goes on."""


def open_sweep(
    runs: Runs, postgres: PostgresSettings, request: SweepRequest, lock: HeldLock
) -> tuple[Parent, SweepRuns] | None:
    """The sweep's parent, made where there was none, and family; None where it is needless.

    Args:
        lock: the sweep's, so that its pin is made by one process.
    """
    sweep_runs = runs.find(request.sweep_id)
    if sweep_runs.parent is None:
        batch = request.newest()
        if request.needless(batch):
            return None
        _pin(runs, postgres, request, batch, lock)
        # Anew: an answer that was lost may have left a parent that is older than this one.
        sweep_runs = runs.find(request.sweep_id)
    assert sweep_runs.parent is not None
    return sweep_runs.parent, sweep_runs


def _pin(
    runs: Runs, postgres: PostgresSettings, request: SweepRequest, batch: Batch, lock: HeldLock
) -> None:
    with _processed(postgres) as source:
        snapshot = read_snapshot(source, runs.spec, batch)
    failpoint("pin")
    # Two sweeps of a model that begin at once are still two draws.
    with locked(postgres, f"ordinal:{runs.spec.name}"):
        inputs = SweepInputs(
            sweep_id=request.sweep_id,
            ordinal=runs.next_ordinal() if request.ordinal is None else request.ordinal,
            watermark=batch.watermark,
            data_digest=batch.data_digest,
            content_digest=snapshot.content_digest,
            spec_digest=runs.spec.digest,
        )
        lock.require()
        runs.open_parent(inputs)


def read_inputs(spec: ModelSpec, postgres: PostgresSettings, inputs: SweepInputs) -> Snapshot:
    """The snapshot that the sweep was begun with.

    Raises:
        Refused: spec or data are no longer what they were then.
    """
    remedy = "a sweep ends with what it began with: start a new one"
    changed = f"changed since sweep {inputs.sweep_id!r} began; {remedy}"
    if spec.digest != inputs.spec_digest:
        raise Refused(f"the spec of {spec.name!r} {changed}")
    with _processed(postgres) as source:
        batch = read_batch(source, spec, inputs.watermark)
        if batch is None or batch.data_digest != inputs.data_digest:
            raise Refused(f"batch {inputs.watermark} of {spec.name!r} {changed}")
        snapshot = read_snapshot(source, spec, batch)
    if snapshot.content_digest != inputs.content_digest:
        raise Refused(f"the rows of {spec.name!r} {changed}")
    return snapshot


@contextmanager
def _processed(postgres: PostgresSettings) -> Iterator[Engine]:
    source = engine(postgres, PROCESSED)
    try:
        yield source
    finally:
        source.dispose()
