"""The inputs of a sweep: spec, data and ordinal, to which it is bound when it begins."""

from dataclasses import dataclass, replace
from pathlib import Path

from rookery_core.errors import Refused
from rookery_trainer.data.batch import Batch, read_batch
from rookery_trainer.data.search_rows import search_rows
from rookery_trainer.data.shared_rows import shared
from rookery_trainer.data.snapshot import Snapshot, read_snapshot
from rookery_trainer.data.table_size import breadth_of
from rookery_trainer.failpoints import failpoint
from rookery_trainer.locks.lock import HeldLock, locked, ordinal_lock
from rookery_trainer.promotion.champion_check import has_champion
from rookery_trainer.sweep.overtaken import processed_data, require_rows
from rookery_trainer.sweep.trainer import Trainer
from rookery_trainer.tracking.runs import Runs
from rookery_trainer.tracking.sweep_runs import Parent, SweepInputs, SweepRuns


@dataclass(frozen=True)
class SweepRequest:
    """What is asked of a sweep, whichever process begins it."""

    sweep_id: str
    ordinal: int | None = None
    """Whose draw a new sweep repeats; None: the next new one."""
    unless_champion: bool = False
    """Begins no new sweep where a champion was trained under this spec from today's data."""


@dataclass(frozen=True)
class Opened:
    """A sweep that is to be done, or goes on."""

    parent: Parent
    earlier: SweepRuns
    """What was done of it before."""
    begun: Snapshot | None
    """The rows, where this process has read them to begin the sweep."""


def open_sweep(
    trainer: Trainer, runs: Runs, request: SweepRequest, lock: HeldLock
) -> Opened | None:
    """Finds the sweep's runs, or begins the sweep; None where a champion makes it unnecessary.

    A sweep that was begun before keeps its inputs, and goes on though a champion came meanwhile.

    Args:
        lock: the sweep's, so that one process alone binds it to its inputs.
    """
    found, begun = runs.find(request.sweep_id), None
    if found.parent is None:
        batch = trainer.newest_batch()
        if request.unless_champion and has_champion(trainer.registry, trainer.spec, batch):
            return None
        begun = _begin(runs, trainer, request, batch, lock)
        # Search again: a lost response may have created an older parent.
        found = runs.find(request.sweep_id)
    assert found.parent is not None
    return Opened(found.parent, found, begun)


def _begin(
    runs: Runs, trainer: Trainer, request: SweepRequest, batch: Batch, lock: HeldLock
) -> Snapshot:
    with processed_data(trainer.postgres) as source:
        snapshot = read_snapshot(source, runs.spec, batch, trainer.stored)
    failpoint("pin")
    # Under a lock: two sweeps of a model that begin at once must get two ordinals.
    with locked(trainer.postgres, ordinal_lock(runs.spec.name)):
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
    return snapshot


def read_inputs(
    trainer: Trainer, inputs: SweepInputs, folder: Path, begun: Snapshot | None = None
) -> Snapshot:
    """Reads the snapshot that the sweep was begun with; takes `begun` where it is that one.

    Its training rows are in files of `folder`, which the worker processes map into their memory.

    Raises:
        Refused: spec or data are no longer what they were then.
        RowsForgotten: a row was forgotten since.
    """
    spec = trainer.spec
    remedy = "a sweep ends with what it began with: start a new one"
    changed = f"changed since sweep {inputs.sweep_id!r} began; {remedy}"
    if spec.digest != inputs.spec_digest:
        raise Refused(f"the spec of {spec.name!r} {changed}")
    with processed_data(trainer.postgres) as source:
        batch = read_batch(source, spec, inputs.watermark)
        require_rows(source, spec, inputs)
        if batch is None or batch.data_digest != inputs.data_digest:
            raise Refused(f"batch {inputs.watermark} of {spec.name!r} {changed}")
        if begun is None or begun.watermark != batch.watermark:
            begun = read_snapshot(source, spec, batch, trainer.stored)
    snapshot = begun
    if snapshot.content_digest != inputs.content_digest:
        raise Refused(f"the rows of {spec.name!r} {changed}")
    sample = search_rows(spec, snapshot.training, breadth_of(snapshot.learned))
    return replace(
        snapshot,
        training=shared(snapshot.training, folder),
        sample=None if sample is snapshot.training else shared(sample, folder),
    )
