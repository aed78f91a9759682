"""The export: writes a fitted model as a bundle that is proven to agree with it."""

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rookery_core.contract import contract_of
from rookery_core.errors import Refused
from rookery_core.labels import Cut
from rookery_core.manifest import (
    MANIFEST_FILE,
    MODEL_FILE,
    Calibration,
    Manifest,
    Residuals,
    Threshold,
)
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.bundle.export_guard import check_exportable
from rookery_trainer.bundle.golden import golden_predictions
from rookery_trainer.bundle.onnx_graph import onnx_model
from rookery_trainer.bundle.served import ServedModel
from rookery_trainer.bundle.verification import Agreement, verify
from rookery_trainer.bundle.verification_rows import verification_rows
from rookery_trainer.data.rows import Rows
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.model.answers import FittedModel, pipeline_of
from rookery_trainer.model.calibrated_classifier import with_calibration
from rookery_trainer.model.evaluation import AnyEvaluation, HoldoutEvaluation, evaluate
from rookery_trainer.model.label_worth import aim_for, label_worth
from rookery_trainer.model.pipeline import probabilities
from rookery_trainer.model.residuals import interval_worth
from rookery_trainer.model.row_blocks import in_blocks
from rookery_trainer.model.scores import FIRST_METRICS, Score
from rookery_trainer.model.target import target_scale
from rookery_trainer.model.threshold import cleared
from rookery_trainer.model.thresholded_classifier import with_threshold
from rookery_trainer.model.trial import Trial
from rookery_trainer.model.value_scores import ValueScore

VERIFIED_ROWS = 50_000
"""Rows of each side on which an exported model is compared with its original, at most."""


class NotExported(Refused):
    """The model can't be served as it is fitted; another configuration may be."""


@dataclass(frozen=True)
class Bundle:
    """A verified bundle on disk, and how its model does on the hold-out."""

    directory: Path
    """Holds `model.onnx` and `manifest.json`."""
    manifest: Manifest
    manifest_sha256: str
    model: FittedModel
    """The fitted model that it agrees with, with calibration and threshold where it has them."""
    evaluation: AnyEvaluation
    agreement: Agreement
    told: NDArray[np.float64]
    """Its answers on the hold-out: probabilities [N, classes], or values [N]."""

    @property
    def class_evaluation(self) -> HoldoutEvaluation:
        """Returns the evaluation of a model of classes."""
        assert isinstance(self.evaluation, HoldoutEvaluation)
        return self.evaluation


def export_bundle(
    directory: Path,
    model: FittedModel,
    snapshot: Snapshot,
    trial: Trial,
    *,
    calibration: Calibration | None = None,
    threshold: Threshold | None = None,
    residuals: Residuals | None = None,
    sweep_id: str,
    trained_at: str,
) -> Bundle:
    """Writes the bundle of `model`, the trial fitted to all training rows, into `directory`.

    The same arguments give the same bytes.

    Args:
        directory: an existing folder.
        calibration: what becomes of the model's probabilities.
        threshold: from which one on the positive class is answered; it is moved a little where
            rows lie upon it.
        residuals: how far the interval of an answer reaches, where the spec has one.
        trained_at: UTC, ISO 8601.

    Raises:
        Refused: the pipeline is not of the reviewed form, or the exported model differs from it.
    """
    spec, learned = snapshot.spec, snapshot.learned
    pipeline = pipeline_of(model)
    check_exportable(pipeline, learned, trial.configuration.estimator)
    graph = onnx_model(pipeline, learned, calibration)
    model = _calibrated(model, calibration, snapshot)
    scale = None
    if snapshot.training.values is not None:
        scale = target_scale(model, snapshot.training.values)
    served = ServedModel.exported(graph, contract_of(learned), scale)
    threshold = threshold and _cleared(threshold, model, served, snapshot)
    cut = threshold.cut_of(spec.classes) if threshold else None
    agreement = _verify(model, served, snapshot, cut)
    told = served.answers(snapshot.holdout.features)
    evaluation = evaluate(snapshot.holdout, told, cut)
    worth = label_worth(aim_for(spec), snapshot.holdout.labels, told, cut, snapshot.holdout.weights)
    worth |= interval_worth(residuals, snapshot.holdout, told, spec.transform)
    manifest = Manifest(
        format=spec.spec,
        contract=contract_of(learned),
        model_sha256=hashlib.sha256(graph).hexdigest(),
        model_bytes=len(graph),
        estimator=trial.configuration.estimator,
        parameters=dict(trial.configuration.parameters),
        metrics=_metrics(spec, evaluation.score) | worth,
        metric=spec.metric,
        data_digest=snapshot.data_digest,
        training_rows=len(snapshot.training),
        search_rows=None if snapshot.sample is None else len(snapshot.sample),
        holdout_rows=len(snapshot.holdout),
        spec_digest=spec.digest,
        sweep_id=sweep_id,
        run_id=trial.run_id,
        trained_at=trained_at,
        center=scale.center if scale else 0.0,
        deviation=scale.deviation if scale else 0.0,
        transform=scale.transform if scale else "none",
        residuals=residuals,
        calibration=calibration,
        threshold=threshold,
        monotone=spec.monotone,
        golden=golden_predictions(learned, served, snapshot.training, cut),
    )
    text = manifest.model_dump_json(indent=2).encode() + b"\n"
    (directory / MODEL_FILE).write_bytes(graph)
    (directory / MANIFEST_FILE).write_bytes(text)
    sha256 = hashlib.sha256(text).hexdigest()
    model = _answering(model, manifest)
    return Bundle(directory, manifest, sha256, model, evaluation, agreement, told)


def restore_bundle(directory: Path, model: FittedModel, snapshot: Snapshot) -> Bundle:
    """Reads the bundle that another process exported, and verifies it again.

    `model` is calibrated, and has a threshold, as the bundle has.

    Raises:
        Refused: it does not answer as `model` does.
    """
    text = (directory / MANIFEST_FILE).read_bytes()
    manifest = Manifest.model_validate_json(text)
    served = ServedModel.read(manifest, (directory / MODEL_FILE).read_bytes())
    told = served.answers(snapshot.holdout.features)
    model = _calibrated(model, manifest.calibration, snapshot)
    return Bundle(
        directory,
        manifest,
        hashlib.sha256(text).hexdigest(),
        _answering(model, manifest),
        evaluate(snapshot.holdout, told, manifest.cut),
        _verify(model, served, snapshot, manifest.cut),
        told,
    )


def _calibrated(
    model: FittedModel, calibration: Calibration | None, snapshot: Snapshot
) -> FittedModel:
    if calibration is None:
        return model
    features, classes = snapshot.training.features, snapshot.spec.classes
    return with_calibration(pipeline_of(model), calibration, features, classes)


def _answering(model: FittedModel, manifest: Manifest) -> FittedModel:
    """Returns the model with the threshold by which the bundle answers labels."""
    if manifest.cut is None or manifest.threshold is None:
        return model
    return with_threshold(model, manifest.cut, manifest.threshold.positive)


def _cleared(
    threshold: Threshold, model: FittedModel, served: ServedModel, snapshot: Snapshot
) -> Threshold:
    rows, positive = _known_rows(model, snapshot), snapshot.spec.positive
    original = in_blocks(lambda block: probabilities(model, snapshot.learned, block), rows)
    return cleared(threshold, original[:, positive], served.answers(rows)[:, positive])


def _metrics(spec: ModelSpec, score: Score | ValueScore) -> dict[str, float]:
    """Makes the manifest's metrics, without those that are not a number: JSON has none."""
    names = FIRST_METRICS if spec.spec == 1 else tuple(score.figures)
    found = {name: score.figures[name] for name in names}
    return {name: value for name, value in found.items() if not math.isnan(value)}


def _verify(
    model: FittedModel, served: ServedModel, snapshot: Snapshot, cut: Cut | None
) -> Agreement:
    return verify(model, served, snapshot.learned, _known_rows(model, snapshot), cut)


def _known_rows(model: FittedModel, snapshot: Snapshot) -> pd.DataFrame:
    """Makes the rows on which the exported model is compared with its original."""
    spec = snapshot.learned
    sides = [_sample(rows, spec.seed) for rows in (snapshot.training, snapshot.holdout)]
    known = pd.concat([rows.features for rows in sides], ignore_index=True)
    return verification_rows(spec, pipeline_of(model), known, spec.seed)


def _sample(rows: Rows, seed: int) -> Rows:
    """Returns the rows, or a sample of very many: those that count are made beside borders."""
    if len(rows) <= VERIFIED_ROWS:
        return rows
    chosen = np.random.default_rng(seed).choice(len(rows), VERIFIED_ROWS, replace=False)
    return rows.take(np.sort(chosen))
