"""Training: one sweep of one model, from its pinned snapshot to its conclusion."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import structlog
from mlflow import MlflowClient
from sqlalchemy.exc import DBAPIError

from rookery_core.errors import Refused, RookeryError, Unavailable
from rookery_core.patience import Patience
from rookery_core.settings import PostgresSettings
from rookery_core.spec import ModelSpec
from rookery_trainer.artifacts import Artifacts
from rookery_trainer.comparison import Mapper
from rookery_trainer.family import FAILED, FINISHED, KILLED, Child, Parent
from rookery_trainer.lock import HeldLock, LockLost, LockTimes, locked, sweep_lock
from rookery_trainer.logged_model import LoggedModels
from rookery_trainer.model_registry import ModelRegistry
from rookery_trainer.pinning import pin_sweep, read_pinned
from rookery_trainer.progress import Progress
from rookery_trainer.promotion import conclude
from rookery_trainer.runs import Runs
from rookery_trainer.search_space import first_configurations, sweep_seed
from rookery_trainer.settings import TrainerSettings
from rookery_trainer.snapshot import Batch, NoData, Snapshot
from rookery_trainer.steps import step
from rookery_trainer.sweep import SPARE, Sweep
from rookery_trainer.tracking import Outage
from rookery_trainer.trial import Trial
from rookery_trainer.winner import Judge, Podium
from rookery_trainer.workers import Bench, workers

T = TypeVar("T")
LOSSES = 10
"""How often one process may lose its sweep's lock and come back."""
LAST_WORDS = 5.0
"""Seconds that a process which is about to end waits for MLflow, to close its runs."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class Trainer:
    """Trains the model of `spec` on these servers."""

    spec: ModelSpec
    postgres: PostgresSettings
    client: MlflowClient
    settings: TrainerSettings
    progress: Progress

    def train(self, sweep_id: str, newest: Callable[[], Batch], ordinal: int | None = None) -> None:
        """The sweep is finished and concluded; what was done of it before is not done again.

        Args:
            newest: the batch that a new sweep is trained on; one begun before keeps its own.
            ordinal: whose draw a new sweep repeats; the next new one where None.

        Raises:
            Refused: the data, the spec or the sweep's pin make it impossible.
            Unavailable: a service was away, or another process held the sweep, for too long.
        """
        self._persist(sweep_id, lambda lock: self._attempt(lock, sweep_id, newest, ordinal))

    def _persist(self, sweep_id: str, work: Callable[[HeldLock], T]) -> T:
        """`work` done under the sweep's lock, begun anew when PostgreSQL was away in between."""
        times = LockTimes(wait=self.settings.lock_wait)
        since, losses = time.monotonic(), 0
        while True:
            try:
                with locked(self.postgres, sweep_lock(sweep_id), times) as lock:
                    return work(lock)
            except LockLost as error:
                losses += 1
                if losses > LOSSES:
                    raise
                since, reason = time.monotonic(), str(error)
            except NoData:
                raise
            except (Unavailable, DBAPIError) as error:
                if time.monotonic() - since > self.settings.outage_wait:
                    raise
                reason = str(error).partition("\n")[0]
            _log.warning("beginning again where the sweep stopped", reason=reason)
            time.sleep(1)

    def _attempt(
        self, lock: HeldLock, sweep_id: str, newest: Callable[[], Batch], ordinal: int | None
    ) -> None:
        runs = Runs(self.client, self._outage, self.spec)
        family = runs.find(sweep_id)
        if family.parent is None:
            parent, snapshot = pin_sweep(
                runs, self.postgres, sweep_id=sweep_id, batch=newest(), ordinal=ordinal
            )
        elif family.parent.status == FINISHED:
            runs.end_late(family)
            _log.info("the sweep was concluded before", run_id=family.parent.run_id)
            return
        else:
            parent = family.parent
            snapshot = read_pinned(self.spec, self.postgres, parent.pin)
            runs.end_strays(family)
            runs.reopen(parent.run_id)
        with self._closed(lock, runs, parent):
            self._sweep(lock, runs, parent, snapshot, family.children)

    def _sweep(
        self,
        lock: HeldLock,
        runs: Runs,
        parent: Parent,
        snapshot: Snapshot,
        children: Sequence[Child],
    ) -> None:
        seed = sweep_seed(self.spec, parent.pin.ordinal)
        configurations = first_configurations(self.spec, parent.pin.ordinal, SPARE)
        models = LoggedModels(self.client, self._outage, runs.experiment_id)
        sweep = Sweep(parent, configurations, runs, models, hold=lock, progress=self.progress)
        sweep.adopt(children)
        with workers(Bench(self.spec, snapshot.training, seed), self.settings.processes) as pool:
            trials = sweep.complete(pool)
            lock.require()
            runs.end_strays(runs.find(parent.pin.sweep_id), trials)
            podium = Podium(runs, Artifacts(self.client, self._outage), models)
            self._conclude(podium, parent, snapshot, trials, pool.map)

    def _conclude(
        self,
        podium: Podium,
        parent: Parent,
        snapshot: Snapshot,
        trials: Sequence[Trial],
        mapper: Mapper,
    ) -> None:
        seed = sweep_seed(self.spec, parent.pin.ordinal)
        with tempfile.TemporaryDirectory() as folder:
            winner = podium.crown(parent, snapshot, trials, seed=seed, folder=Path(folder))
        conclude(
            winner.candidate,
            Judge(winner, snapshot, podium.artifacts, seed, mapper),
            registry=ModelRegistry(self.client, self._outage, self.spec.name),
            postgres=self.postgres,
        )

    @property
    def _outage(self) -> Outage:
        return Outage(Patience(self.settings.outage_wait))

    @contextmanager
    def _closed(self, lock: HeldLock, runs: Runs, parent: Parent) -> Iterator[None]:
        """The parent is FINISHED; whatever else ends the block, nothing stays RUNNING.

        A process that no longer holds the sweep leaves its runs to the one that does.
        """
        try:
            yield
        except BaseException as error:
            if lock.still_held():
                status = FAILED if isinstance(error, Refused) else KILLED
                hurried = Runs(self.client, Outage(Patience(LAST_WORDS)), self.spec)
                with suppress(RookeryError):
                    hurried.end_strays(hurried.find(parent.pin.sweep_id))
                    hurried.end(parent.run_id, status, str(error) or type(error).__name__)
            raise
        step("end")
        runs.end(parent.run_id, FINISHED)
