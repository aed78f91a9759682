"""The export: a fitted pipeline becomes a serving bundle that is known to agree with it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from sklearn.pipeline import Pipeline

from rookery_core.contract import contract_of
from rookery_core.manifest import MANIFEST_FILE, MODEL_FILE, Manifest
from rookery_trainer.bundle.export_guard import check_exportable
from rookery_trainer.bundle.golden import golden_predictions
from rookery_trainer.bundle.onnx_graph import onnx_model
from rookery_trainer.bundle.served import ServedModel
from rookery_trainer.bundle.verification import Agreement, verify
from rookery_trainer.bundle.verification_rows import verification_rows
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.model.evaluation import HoldoutEvaluation, evaluate_holdout
from rookery_trainer.model.scores import METRICS
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


def export_bundle(
    directory: Path,
    pipeline: Pipeline,
    snapshot: Snapshot,
    trial: Trial,
    *,
    sweep_id: str,
    trained_at: str,
) -> Bundle:
    """The bundle of `pipeline`, the winning trial fitted to all training rows, in `directory`.

    The same arguments give the same bytes.

    Args:
        directory: an existing folder.
        trained_at: UTC, ISO 8601.

    Raises:
        Refused: where the pipeline is not of the reviewed form, or the exported model differs.
    """
    spec = snapshot.spec
    check_exportable(pipeline, spec)
    model = onnx_model(pipeline, spec)
    served = ServedModel.exported(model, contract_of(spec))
    known = pd.concat([snapshot.training.features, snapshot.holdout.features], ignore_index=True)
    agreement = verify(pipeline, served, spec, verification_rows(spec, pipeline, known, spec.seed))
    held_out = served.probabilities(snapshot.holdout.features)
    found = evaluate_holdout(snapshot.holdout.labels, held_out)
    manifest = Manifest(
        contract=contract_of(spec),
        model_sha256=hashlib.sha256(model).hexdigest(),
        model_bytes=len(model),
        estimator=spec.estimator,
        parameters=dict(trial.parameters),
        metrics={name: getattr(found.score, name) for name in METRICS},
        metric=spec.metric,
        data_digest=snapshot.data_digest,
        training_rows=len(snapshot.training),
        holdout_rows=len(snapshot.holdout),
        spec_digest=spec.digest,
        sweep_id=sweep_id,
        run_id=trial.run_id,
        trained_at=trained_at,
        golden=golden_predictions(spec, served, snapshot.training),
    )
    text = manifest.model_dump_json(indent=2).encode() + b"\n"
    (directory / MODEL_FILE).write_bytes(model)
    (directory / MANIFEST_FILE).write_bytes(text)
    return Bundle(
        directory=directory,
        manifest=manifest,
        manifest_sha256=hashlib.sha256(text).hexdigest(),
        evaluation=found,
        agreement=agreement,
    )
