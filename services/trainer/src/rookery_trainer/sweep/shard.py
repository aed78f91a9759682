"""A shard: one of several pods that share a sweep. The pod that sees all tried concludes it."""

import structlog

from rookery_trainer.failpoints import failpoint
from rookery_trainer.locks.lock import HeldLock, locked, shard_lock, sweep_lock
from rookery_trainer.scratch import scratch_folder
from rookery_trainer.share import Share
from rookery_trainer.sweep.inputs import Opened, SweepRequest, open_sweep, read_inputs
from rookery_trainer.sweep.overtaken import (
    followed,
    replaced_where_overtaken,
    require_still_there,
)
from rookery_trainer.sweep.shutdown import ending_share
from rookery_trainer.sweep.sweep import run_sweep
from rookery_trainer.sweep.trainer import Trainer
from rookery_trainer.tracking.runs import Runs
from rookery_trainer.tracking.sweep_runs import FINISHED, RUNNING

_log = structlog.get_logger()


def run_shard(trainer: Trainer, request: SweepRequest, share: Share) -> None:
    """Tries the share; where the others' shares are tried too, finishes the whole sweep.

    Of the shards that are done at once, at least the last to look sees that all is tried: it
    waits for the sweep's lock, and concludes the sweep unless another one has.

    Raises:
        Refused: the data, the spec or the sweep's inputs make it impossible.
        RowsForgotten: a row that it had read was forgotten; the same again begins anew.
        Unavailable: a service was away, or another process held the shard, for too long.
    """
    if followed(trainer, request.sweep_id) != request.sweep_id:
        # Other shards of the sweep before may have ended: nobody would try their shares of this.
        run_sweep(trainer, request)
        return
    tried = False
    for attempt in trainer.lock_attempts(shard_lock(request.sweep_id, share)):
        with attempt as lock:
            tried = _try_share(trainer, request, share, lock)
    if tried:
        run_sweep(trainer, request)
    else:
        _log.info("the rest is left to the other shards", shard=share.shard)


def _try_share(trainer: Trainer, request: SweepRequest, share: Share, lock: HeldLock) -> bool:
    """Tries what the share lacks. Returns whether the whole sweep is tried."""
    spec, runs = trainer.spec, trainer.runs()
    opened = _open(trainer, runs, request)
    if opened is None:
        return True
    parent, earlier, begun = opened.parent, opened.earlier, opened.begun
    del opened
    with (
        ending_share(lock, runs, parent, share, trainer.postgres),
        replaced_where_overtaken(runs, parent),
        scratch_folder() as folder,
    ):
        draws = share.draws(spec.trials)
        snapshot = read_inputs(trainer, parent.inputs, folder, begun)
        del begun
        own = earlier.of(draws)
        runs.end_unfinished(own)
        runner = trainer.trial_runner(runs, parent, snapshot, lock)
        runner.adopt(own)
        with trainer.workers(parent, snapshot) as pool:
            runner.try_draws(draws, pool)
        failpoint("look")
        require_still_there(trainer, parent.inputs)
        return runs.find(request.sweep_id).tried.issuperset(range(spec.trials))


def _open(trainer: Trainer, runs: Runs, request: SweepRequest) -> Opened | None:
    """Opens the sweep, or finds it opened by another shard; None where nothing is left to try."""
    name = sweep_lock(request.sweep_id)
    with locked(trainer.postgres, name, trainer.lock_times) as whole:
        opened = open_sweep(trainer, runs, request, whole)
        if opened is None or opened.parent.status == FINISHED:
            return None
        if opened.parent.status != RUNNING:
            runs.reopen(opened.parent.run_id)
        whole.require()
        return opened
