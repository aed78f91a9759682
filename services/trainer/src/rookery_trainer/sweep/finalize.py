"""The winner of a sweep: fitted to all training rows, exported, logged, and put before the gate."""

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pandas import concat
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from rookery_core.manifest import MANIFEST_FILE, MODEL_FILE, Manifest
from rookery_core.registry import (
    TAG_BUNDLE,
    TAG_DATA_DIGEST,
    TAG_MANIFEST_SHA256,
    TAG_SPEC_DIGEST,
)
from rookery_trainer.bundle.export import Bundle, export_bundle
from rookery_trainer.bundle.served import ServedModel
from rookery_trainer.bundle.verification import verify
from rookery_trainer.bundle.verification_rows import verification_rows
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.failpoints import failpoint
from rookery_trainer.gate.champion_evaluation import evaluate_champion
from rookery_trainer.gate.contenders import Challenger
from rookery_trainer.gate.decision import Decision
from rookery_trainer.gate.gate import decide
from rookery_trainer.gate.resampled_t_test import Configuration, Mapper
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.evaluation import evaluate_holdout
from rookery_trainer.model.scores import METRICS
from rookery_trainer.model.trial import Trial, best_trial
from rookery_trainer.promotion.promotion import Candidate
from rookery_trainer.tracking.artifacts import Artifacts
from rookery_trainer.tracking.logged_models import LoggedModels
from rookery_trainer.tracking.run_metrics import metrics_of
from rookery_trainer.tracking.runs import Runs
from rookery_trainer.tracking.sweep_report import write_report
from rookery_trainer.tracking.sweep_runs import Parent
from rookery_trainer.tracking.versions import RegisteredVersion


@dataclass(frozen=True)
class Winner:
    """The best trial of a sweep, its bundle and its logged model."""

    trial: Trial
    bundle: Bundle
    candidate: Candidate


@dataclass(frozen=True)
class Podium:
    """Where a winner is logged."""

    runs: Runs
    artifacts: Artifacts
    models: LoggedModels

    def crown(
        self,
        parent: Parent,
        snapshot: Snapshot,
        trials: Sequence[Trial],
        *,
        seed: int,
        folder: Path,
    ) -> Winner:
        """The best of `trials`: bundle in `folder` and in its run, model logged, sweep reported.

        Doing it again finds the bundle and the model that are there: they may be registered, and
        a second fit can differ in the last bit.
        """
        trial = best_trial(trials)
        failpoint("winner")
        with threadpool_limits(1):
            pipeline = fit_rows(snapshot.spec, snapshot.training, trial.parameters, seed)
        if self.artifacts.get_bundle(trial.run_id, folder):
            bundle = restored(folder, pipeline, snapshot)
        else:
            bundle = export_bundle(
                folder,
                pipeline,
                snapshot,
                trial,
                sweep_id=parent.inputs.sweep_id,
                trained_at=parent.started_at,
            )
            failpoint("bundle")
            self.artifacts.put_bundle(trial.run_id, folder)
        failpoint("model")
        model_id = self.models.log(trial.run_id, snapshot.spec, pipeline, trial.parameters)
        failpoint("report")
        self._report(parent, snapshot, trials, bundle)
        tags = {
            TAG_BUNDLE: self.artifacts.bundle_path(trial.run_id),
            TAG_MANIFEST_SHA256: bundle.manifest_sha256,
            TAG_DATA_DIGEST: snapshot.data_digest,
            TAG_SPEC_DIGEST: snapshot.spec.digest,
        }
        candidate = Candidate(parent.inputs.sweep_id, parent.run_id, trial.run_id, model_id, tags)
        return Winner(trial, bundle, candidate)

    def _report(
        self, parent: Parent, snapshot: Snapshot, trials: Sequence[Trial], bundle: Bundle
    ) -> None:
        spec, trial, score = snapshot.spec, best_trial(trials), bundle.evaluation.score
        holdout = {f"holdout_{name}": getattr(score, name) for name in METRICS}
        self.runs.log(trial.run_id, {}, holdout)
        self.runs.log(
            parent.run_id,
            {
                "estimator": spec.estimator,
                "trials": spec.trials,
                "folds": spec.folds,
                "training_rows": len(snapshot.training),
                "holdout_rows": len(snapshot.holdout),
                "winner": trial.index,
                **{f"winner_{name}": value for name, value in trial.parameters.items()},
            },
            {**metrics_of(trial.scores, spec.classes), **holdout},
        )
        with tempfile.TemporaryDirectory() as folder:
            write_report(Path(folder), spec, trials, bundle.evaluation)
            self.artifacts.put(parent.run_id, Path(folder))


def restored(folder: Path, pipeline: Pipeline, snapshot: Snapshot) -> Bundle:
    """The bundle that another process exported, verified anew.

    Raises:
        Refused: where it does not agree with `pipeline`.
    """
    spec = snapshot.spec
    text = (folder / MANIFEST_FILE).read_bytes()
    manifest = Manifest.model_validate_json(text)
    served = ServedModel.read(manifest, (folder / MODEL_FILE).read_bytes())
    known = concat([snapshot.training.features, snapshot.holdout.features], ignore_index=True)
    return Bundle(
        directory=folder,
        manifest=manifest,
        manifest_sha256=hashlib.sha256(text).hexdigest(),
        evaluation=evaluate_holdout(
            snapshot.holdout.labels, served.probabilities(snapshot.holdout.features)
        ),
        agreement=verify(
            pipeline, served, spec, verification_rows(spec, pipeline, known, spec.seed)
        ),
    )


@dataclass(frozen=True)
class Judge:
    """The gate, with all it needs to look at the champion of the moment."""

    winner: Winner
    snapshot: Snapshot
    artifacts: Artifacts
    seed: int
    mapper: Mapper

    def __call__(self, champion: RegisteredVersion | None) -> Decision:
        """The gate's decision on the winner against that champion."""
        spec, trial = self.snapshot.spec, self.winner.trial
        found = None
        if champion:
            found = evaluate_champion(
                self.artifacts.champion(champion),
                Configuration(spec.estimator, trial.parameters),
                self.snapshot,
                seed=self.seed,
                mapper=self.mapper,
            )
        evaluation = self.winner.bundle.evaluation
        challenger = Challenger(evaluation, trial.scores.balanced_accuracy.mean)
        return decide(challenger, found, spec.gate)
