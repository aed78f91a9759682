"""A shard: one of several pods that share a sweep, and whoever sees it tried concludes it."""

from dataclasses import dataclass

import structlog

from rookery_trainer.failpoints import failpoint
from rookery_trainer.locks.lock import HeldLock, LockTimes, locked, shard_lock, sweep_lock
from rookery_trainer.share import Share
from rookery_trainer.sweep.inputs import SweepRequest, open_sweep, read_inputs
from rookery_trainer.sweep.retry import persist
from rookery_trainer.sweep.shutdown import ending_share
from rookery_trainer.sweep.sweep import Trainer
from rookery_trainer.tracking.runs import Runs
from rookery_trainer.tracking.sweep_runs import FINISHED, RUNNING, Parent, SweepRuns

_log = structlog.get_logger()


@dataclass(frozen=True)
class Shard:
    """Trains its share of a sweep, on the trainer's servers."""

    trainer: Trainer
    share: Share

    def train(self, request: SweepRequest) -> None:
        """The share is tried; where the others' are too, the sweep is finished and concluded.

        Of the shards that are done at once, at least the last to look sees that all is tried: it
        waits for the sweep's lock, and concludes the sweep unless another one has.

        Raises:
            Refused: the data, the spec or the sweep's pin make it impossible.
            Unavailable: a service was away, or another process held the shard, for too long.
        """
        trainer = self.trainer
        name = shard_lock(request.sweep_id, self.share)
        tried = persist(
            trainer.postgres, trainer.settings, name, lambda lock: self._attempt(lock, request)
        )
        if tried:
            trainer.train(request)
        else:
            _log.info("the rest is left to the other shards", shard=self.share.shard)

    def _attempt(self, lock: HeldLock, request: SweepRequest) -> bool:
        """Whether all that is left of the sweep is its conclusion."""
        runs = self.trainer.runs()
        begun = self._begin(runs, request)
        if begun is None:
            return True
        parent, sweep_runs = begun
        with ending_share(
            lock, self.trainer.hurried_runs, parent, self.share, self.trainer.postgres
        ):
            self._try(lock, runs, parent, sweep_runs)
            failpoint("look")
            return runs.find(request.sweep_id).tried.issuperset(range(runs.spec.trials))

    def _begin(self, runs: Runs, request: SweepRequest) -> tuple[Parent, SweepRuns] | None:
        """The sweep, which one of the shards has pinned; None where there is nothing to try."""
        trainer = self.trainer
        times = LockTimes(wait=trainer.settings.lock_wait)
        with locked(trainer.postgres, sweep_lock(request.sweep_id), times) as whole:
            begun = open_sweep(runs, trainer.postgres, request, whole)
            if begun is None or begun[0].status == FINISHED:
                return None
            if begun[0].status != RUNNING:
                runs.reopen(begun[0].run_id)
            whole.require()
            return begun

    def _try(self, lock: HeldLock, runs: Runs, parent: Parent, sweep_runs: SweepRuns) -> None:
        trainer, draws = self.trainer, self.share.draws(runs.spec.trials)
        snapshot = read_inputs(trainer.spec, trainer.postgres, parent.inputs)
        own = sweep_runs.of(draws)
        runs.end_unfinished(own)
        sweep = trainer.sweep(runs, parent, lock)
        sweep.adopt(own)
        with trainer.workers(parent, snapshot) as pool:
            sweep.attempt(draws, pool)
