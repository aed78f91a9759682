"""The export: writes a fitted pipeline as a bundle that is proven to agree with it."""

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from rookery_core.contract import contract_of
from rookery_core.manifest import MANIFEST_FILE, MODEL_FILE, Manifest
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.bundle.export_guard import check_exportable
from rookery_trainer.bundle.golden import golden_predictions
from rookery_trainer.bundle.onnx_graph import onnx_model
from rookery_trainer.bundle.served import ServedModel
from rookery_trainer.bundle.verification import Agreement, verify
from rookery_trainer.bundle.verification_rows import verification_rows
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.model.evaluation import HoldoutEvaluation, evaluate_holdout
from rookery_trainer.model.scores import FIRST_METRICS, METRICS, Score
from rookery_trainer.model.trial import Trial


@dataclass(frozen=True)
class Bundle:
    """A verified bundle on disk, and how its model does on the hold-out."""

    directory: Path
    """Holds `model.onnx` and `manifest.json`."""
    manifest: Manifest
    manifest_sha256: str
    evaluation: HoldoutEvaluation
    agreement: Agreement
    told: NDArray[np.float64]
    """Its probabilities [N, classes] on the hold-out."""


def export_bundle(
    directory: Path,
    pipeline: Pipeline,
    snapshot: Snapshot,
    trial: Trial,
    *,
    sweep_id: str,
    trained_at: str,
) -> Bundle:
    """Writes the bundle of `pipeline`, the trial fitted to all training rows, into `directory`.

    The same arguments give the same bytes.

    Args:
        directory: an existing folder.
        trained_at: UTC, ISO 8601.

    Raises:
        Refused: the pipeline is not of the reviewed form, or the exported model differs from it.
    """
    spec, learned = snapshot.spec, snapshot.learned
    check_exportable(pipeline, learned, trial.configuration.estimator)
    model = onnx_model(pipeline, learned)
    served = ServedModel.exported(model, contract_of(learned))
    agreement = _verify(pipeline, served, snapshot)
    told = served.probabilities(snapshot.holdout.features)
    evaluation = evaluate_holdout(snapshot.holdout.labels, told)
    manifest = Manifest(
        format=spec.spec,
        contract=contract_of(learned),
        model_sha256=hashlib.sha256(model).hexdigest(),
        model_bytes=len(model),
        estimator=trial.configuration.estimator,
        parameters=dict(trial.configuration.parameters),
        metrics=_metrics(spec, evaluation.score),
        metric=spec.metric,
        data_digest=snapshot.data_digest,
        training_rows=len(snapshot.training),
        holdout_rows=len(snapshot.holdout),
        spec_digest=spec.digest,
        sweep_id=sweep_id,
        run_id=trial.run_id,
        trained_at=trained_at,
        golden=golden_predictions(learned, served, snapshot.training),
    )
    text = manifest.model_dump_json(indent=2).encode() + b"\n"
    (directory / MODEL_FILE).write_bytes(model)
    (directory / MANIFEST_FILE).write_bytes(text)
    sha256 = hashlib.sha256(text).hexdigest()
    return Bundle(directory, manifest, sha256, evaluation, agreement, told)


def restore_bundle(directory: Path, pipeline: Pipeline, snapshot: Snapshot) -> Bundle:
    """Reads the bundle that another process exported, and verifies it again.

    Raises:
        Refused: it does not answer as `pipeline` does.
    """
    text = (directory / MANIFEST_FILE).read_bytes()
    manifest = Manifest.model_validate_json(text)
    served = ServedModel.read(manifest, (directory / MODEL_FILE).read_bytes())
    told = served.probabilities(snapshot.holdout.features)
    return Bundle(
        directory,
        manifest,
        hashlib.sha256(text).hexdigest(),
        evaluate_holdout(snapshot.holdout.labels, told),
        _verify(pipeline, served, snapshot),
        told,
    )


def _metrics(spec: ModelSpec, score: Score) -> dict[str, float]:
    """Makes the manifest's metrics, without those that are not a number: JSON has none."""
    names = FIRST_METRICS if spec.spec == 1 else METRICS
    found: dict[str, float] = {name: getattr(score, name) for name in names}
    return {name: value for name, value in found.items() if not math.isnan(value)}


def _verify(pipeline: Pipeline, served: ServedModel, snapshot: Snapshot) -> Agreement:
    spec = snapshot.learned
    known = pd.concat([snapshot.training.features, snapshot.holdout.features], ignore_index=True)
    return verify(pipeline, served, spec, verification_rows(spec, pipeline, known, spec.seed))
