"""Cheap challengers: of sweeps that never ran, but with real runs, models and artifacts."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from mlflow import MlflowClient
from mlflow.entities import LoggedModelStatus
from sqlalchemy.engine import Engine

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED
from rookery_core.registry_names import TAG_BUNDLE, TAG_SWEEP
from rookery_core.settings import PostgresSettings
from rookery_core.waiting import Wait
from rookery_trainer.gate.decision import Decision
from rookery_trainer.locks.lock import LockTimes
from rookery_trainer.promotion.entries import Entries
from rookery_trainer.promotion.ledger_rows import read_entries
from rookery_trainer.promotion.promotion import SweepOutcome, begin_promotion, promotion_attempts
from rookery_trainer.tracking.client import Retrying
from rookery_trainer.tracking.model_registry import ModelRegistry
from rookery_trainer.tracking.versions import RegisteredVersion

SCORE = "test.score"


@dataclass(frozen=True)
class LoggedChallenger:
    """The best trial of a sweep that never ran: what a promotion needs to know of it."""

    sweep_id: str
    parent_run_id: str
    run_id: str
    model_id: str
    tags: Mapping[str, str]


def greater_wins(score: int, champion: RegisteredVersion | None) -> Decision:
    """Promotes the greater score."""
    best = int(champion.tags[SCORE]) if champion else None
    better = best is None or score > best
    evidence = {"score": score, "champion": best, "not_a_number": float("nan")}
    return Decision(better, "greater wins", f"{score} against {best}", evidence)


def decide_by_score(
    challenger: LoggedChallenger,
    registry: ModelRegistry,
    postgres: PostgresSettings,
    *,
    score: int | None = None,
    times: LockTimes | None = None,
) -> SweepOutcome:
    """Decides the challenger's sweep as a real one does, but by its score."""
    score = int(challenger.tags[SCORE]) if score is None else score
    outcome = None
    for attempt in promotion_attempts(postgres, registry.model, times):
        with attempt as lock:
            promotion = begin_promotion(lock, registry, challenger.sweep_id)
            outcome = promotion.outcome
            if outcome is None:
                run_id, model_id = challenger.run_id, challenger.model_id
                version = promotion.register(run_id, model_id, challenger.tags)
                outcome = promotion.record(version, greater_wins(score, promotion.champion))
            promotion.finish(outcome, challenger.parent_run_id)
    assert outcome is not None
    return outcome


class RegisteredModel:
    """A model of a test's own: makes challengers of it, and decides on them."""

    def __init__(self, client: MlflowClient, postgres: PostgresSettings, name: str) -> None:
        self.client = client
        self.postgres = postgres
        self.name = name
        self.registry = ModelRegistry(client, Retrying(Wait(60, 0.1)), name)
        self.experiment = client.create_experiment(name)
        self._engine: Engine = engine(postgres, PROCESSED)

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()

    def challenger(self, score: int, *, artifacts: bool = False) -> LoggedChallenger:
        """Makes a new sweep's challenger: its runs and logged model, and artifacts if asked."""
        tags = {TAG_SWEEP: uuid4().hex}
        parent = self.client.create_run(self.experiment, tags=tags).info.run_id
        child_tags = {**tags, "mlflow.parentRunId": parent}
        run = self.client.create_run(self.experiment, tags=child_tags).info.run_id
        model = self.client.create_logged_model(self.experiment, source_run_id=run).model_id
        if artifacts:
            self._log_artifacts(parent, run, model)
        bundle = f"{self.experiment}/{run}/artifacts/bundle"
        said = {SCORE: str(score), TAG_BUNDLE: bundle}
        return LoggedChallenger(tags[TAG_SWEEP], parent, run, model, said)

    def _log_artifacts(self, parent: str, run: str, model: str) -> None:
        self.client.log_text(parent, "table", "table.csv")
        with tempfile.TemporaryDirectory() as folder:
            for name in ("model.onnx", "manifest.json"):
                Path(folder, name).write_text(name)
            self.client.log_artifacts(run, folder, "bundle")
            Path(folder, "MLmodel").write_text("flavors: {}\n")
            self.client.log_model_artifacts(model, folder)
        self.client.finalize_logged_model(model, LoggedModelStatus.READY)
        for each in (run, parent):
            self.client.set_terminated(each)

    def decide(self, challenger: LoggedChallenger, score: int | None = None) -> SweepOutcome:
        """Decides the challenger's sweep in this process."""
        return decide_by_score(challenger, self.registry, self.postgres, score=score)

    def promote(self, score: int) -> SweepOutcome:
        """Makes a challenger, and decides its sweep."""
        return self.decide(self.challenger(score))

    def entries(self) -> Entries:
        """Reads the ledger."""
        with self._engine.connect() as connection:
            return read_entries(connection, self.name)
