"""What a sweep of one model uses: spec, servers, settings, progress."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from mlflow import MlflowClient

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED
from rookery_core.settings import PostgresSettings
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.waiting import Wait
from rookery_trainer.data.batch import Batch, await_batch
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.data.table_size import TableSize, breadth_of
from rookery_trainer.locks.lock import HeldLock, LockTimes
from rookery_trainer.locks.retry import LockAttempts, RetryPolicy
from rookery_trainer.model.search_space import first_configurations, sweep_seed
from rookery_trainer.settings import TrainerSettings
from rookery_trainer.store.stored_batches import StoredBatches
from rookery_trainer.sweep.progress import Progress
from rookery_trainer.sweep.trial_runner import SPARE, TrialRunner
from rookery_trainer.sweep.workers import WorkerContext, Workers, workers
from rookery_trainer.tracking.artifacts import Artifacts
from rookery_trainer.tracking.client import Retrying
from rookery_trainer.tracking.logged_models import LoggedModels
from rookery_trainer.tracking.model_registry import ModelRegistry
from rookery_trainer.tracking.runs import Runs
from rookery_trainer.tracking.sweep_runs import Parent

LOSSES = 10
"""How often one process may lose its lock and come back."""


@dataclass(frozen=True)
class Trainer:
    """Trains the model of `spec` on these servers."""

    spec: ModelSpec
    postgres: PostgresSettings
    client: MlflowClient
    settings: TrainerSettings
    progress: Progress
    stored: StoredBatches | None = None
    """Where the rows of batches are kept; every sweep reads PostgreSQL where it is None."""

    def runs(self) -> Runs:
        """The runs of the model's sweeps; makes the model's experiment where there is none."""
        return Runs(self.client, self._retrying, self.spec)

    @property
    def artifacts(self) -> Artifacts:
        """The files of runs."""
        return Artifacts(self.client, self._retrying)

    @property
    def registry(self) -> ModelRegistry:
        """The registered model."""
        return ModelRegistry(self.client, self._retrying, self.spec.name)

    def logged_models(self, experiment_id: str) -> LoggedModels:
        """The logged models of the experiment's runs."""
        return LoggedModels(self.client, self._retrying, experiment_id)

    def trial_runner(
        self, runs: Runs, parent: Parent, snapshot: Snapshot, lock: HeldLock
    ) -> TrialRunner:
        """The trials of the parent's sweep, of which nothing is adopted yet."""
        configurations = first_configurations(
            self.spec,
            parent.inputs.ordinal,
            SPARE,
            TableSize(len(snapshot.training), breadth_of(snapshot.learned)),
        )
        models = self.logged_models(runs.experiment_id)
        return TrialRunner(
            parent,
            configurations,
            runs,
            models,
            learned=snapshot.learned,
            lock=lock,
            progress=self.progress,
        )

    def workers(self, parent: Parent, snapshot: Snapshot) -> AbstractContextManager[Workers]:
        """Worker processes for the parent's sweep."""
        seed = sweep_seed(self.spec, parent.inputs.ordinal)
        context = WorkerContext(self.spec, snapshot.training, seed, snapshot.sample)
        return workers(context, self.settings.processes, self.progress.fold)

    @property
    def lock_times(self) -> LockTimes:
        """How long a lock of the sweep is waited for."""
        return LockTimes(wait=self.settings.lock_wait)

    def lock_attempts(self, name: str) -> LockAttempts:
        """Attempts to do work under a lock of the sweep, again after an outage or a lost lock."""
        policy = RetryPolicy(
            event="beginning again where the sweep stopped",
            losses=LOSSES,
            outage=self.settings.outage_wait,
            pause=1.0,
        )
        return LockAttempts(self.postgres, name, self.lock_times, policy)

    def newest_batch(self) -> Batch:
        """Waits for the model's first completed batch; returns the last one.

        Raises:
            NoData: there was none in time.
        """
        source = engine(self.postgres, PROCESSED)
        try:
            return await_batch(source, self.spec, Wait(self.settings.data_wait))
        finally:
            source.dispose()

    @property
    def _retrying(self) -> Retrying:
        return Retrying(Wait(self.settings.outage_wait))
