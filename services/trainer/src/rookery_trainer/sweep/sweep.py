"""Training: one sweep of one model, from its pinned snapshot to its conclusion."""

import tempfile
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import structlog
from mlflow import MlflowClient

from rookery_core.patience import Patience
from rookery_core.settings import PostgresSettings
from rookery_core.spec import ModelSpec
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.failpoints import failpoint
from rookery_trainer.gate.resampled_t_test import Mapper
from rookery_trainer.locks.lock import HeldLock, sweep_lock
from rookery_trainer.model.search_space import first_configurations, sweep_seed
from rookery_trainer.model.trial import Trial
from rookery_trainer.promotion.promotion import conclude
from rookery_trainer.settings import TrainerSettings
from rookery_trainer.sweep.finalize import Judge, Podium
from rookery_trainer.sweep.inputs import SweepRequest, open_sweep, read_inputs
from rookery_trainer.sweep.progress import Progress
from rookery_trainer.sweep.retry import persist
from rookery_trainer.sweep.shutdown import SHUTDOWN_TIMEOUT, ending_sweep
from rookery_trainer.sweep.trials import SPARE, Trials
from rookery_trainer.sweep.workers import WorkerContext, Workers, workers
from rookery_trainer.tracking.artifacts import Artifacts
from rookery_trainer.tracking.client import Retrying
from rookery_trainer.tracking.logged_models import LoggedModels
from rookery_trainer.tracking.model_registry import ModelRegistry
from rookery_trainer.tracking.runs import Runs
from rookery_trainer.tracking.sweep_runs import FINISHED, RUNNING, Parent, SweepRuns

_log = structlog.get_logger()


@dataclass(frozen=True)
class Trainer:
    """Trains the model of `spec` on these servers."""

    spec: ModelSpec
    postgres: PostgresSettings
    client: MlflowClient
    settings: TrainerSettings
    progress: Progress

    def train(self, request: SweepRequest) -> None:
        """The sweep is finished and concluded; what was done of it before is not done again.

        Raises:
            Refused: the data, the spec or the sweep's pin make it impossible.
            Unavailable: a service was away, or another process held the sweep, for too long.
        """
        name = sweep_lock(request.sweep_id)
        persist(self.postgres, self.settings, name, lambda lock: self._attempt(lock, request))

    def runs(self) -> Runs:
        """The model's runs."""
        return Runs(self.client, self._retrying, self.spec)

    def hurried_runs(self) -> Runs:
        """The model's runs, for a process that is about to end."""
        return Runs(self.client, Retrying(Patience(SHUTDOWN_TIMEOUT)), self.spec)

    def sweep(self, runs: Runs, parent: Parent, lock: HeldLock) -> Trials:
        """The sweep of that parent, nothing of it adopted yet."""
        configurations = first_configurations(self.spec, parent.inputs.ordinal, SPARE)
        models = LoggedModels(self.client, self._retrying, runs.experiment_id)
        return Trials(parent, configurations, runs, models, hold=lock, progress=self.progress)

    def workers(self, parent: Parent, snapshot: Snapshot) -> AbstractContextManager[Workers]:
        """Worker processes at the sweep's bench."""
        seed = sweep_seed(self.spec, parent.inputs.ordinal)
        return workers(WorkerContext(self.spec, snapshot.training, seed), self.settings.processes)

    def _attempt(self, lock: HeldLock, request: SweepRequest) -> None:
        runs = self.runs()
        begun = open_sweep(runs, self.postgres, request, lock)
        if begun is None:
            return
        parent, sweep_runs = begun
        if parent.status == FINISHED:
            runs.end_late(sweep_runs)
            _log.info("the sweep was concluded before", run_id=parent.run_id)
            return
        with ending_sweep(lock, self.hurried_runs, parent):
            snapshot = read_inputs(self.spec, self.postgres, parent.inputs)
            runs.end_orphans(sweep_runs)
            if parent.status != RUNNING:
                runs.reopen(parent.run_id)
            self._sweep(lock, runs, parent, sweep_runs, snapshot)
        failpoint("end")
        runs.end(parent.run_id, FINISHED)

    def _sweep(
        self, lock: HeldLock, runs: Runs, parent: Parent, sweep_runs: SweepRuns, snapshot: Snapshot
    ) -> None:
        sweep = self.sweep(runs, parent, lock)
        sweep.adopt(sweep_runs.children)
        with self.workers(parent, snapshot) as pool:
            trials = sweep.complete(pool)
            lock.require()
            runs.end_orphans(runs.find(parent.inputs.sweep_id), trials)
            self._conclude(runs, parent, snapshot, trials, pool.map)
        lock.require()
        # Once more: a process that stood still may have come back meanwhile.
        runs.end_orphans(runs.find(parent.inputs.sweep_id), trials)

    def _conclude(
        self,
        runs: Runs,
        parent: Parent,
        snapshot: Snapshot,
        trials: Sequence[Trial],
        mapper: Mapper,
    ) -> None:
        seed = sweep_seed(self.spec, parent.inputs.ordinal)
        artifacts = Artifacts(self.client, self._retrying)
        models = LoggedModels(self.client, self._retrying, runs.experiment_id)
        podium = Podium(runs, artifacts, models)
        with tempfile.TemporaryDirectory() as folder:
            winner = podium.crown(parent, snapshot, trials, seed=seed, folder=Path(folder))
        conclude(
            winner.candidate,
            Judge(winner, snapshot, artifacts, seed, mapper),
            registry=ModelRegistry(self.client, self._retrying, self.spec.name),
            postgres=self.postgres,
        )

    @property
    def _retrying(self) -> Retrying:
        return Retrying(Patience(self.settings.outage_wait))
