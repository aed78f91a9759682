"""Calibrated bundles: the graph, the logged model and the manifest say the same."""

from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pytest
from mlflow.entities import LoggedModel
from tests.unit.trainer.support.estimators import CLASSIFIERS, SMALL
from tests.unit.trainer.support.second_version import second_snapshot, spec_of

from rookery_core.contract import contract_of
from rookery_core.errors import Refused
from rookery_core.manifest import PROBABILITY_TOLERANCE, Calibration, Manifest
from rookery_core.spec.estimators import EstimatorName
from rookery_runtime.prediction.golden_check import check_golden
from rookery_runtime.prediction.onnx_session import Session
from rookery_trainer.bundle.export import Bundle, export_bundle, restore_bundle
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.model.answers import FittedModel, answers, pipeline_of
from rookery_trainer.model.calibration import calibrated
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.scores import Estimate, Scores
from rookery_trainer.model.trial import Configuration, Trial
from rookery_trainer.tracking.logged_models import save

pytestmark = [
    pytest.mark.filterwarnings("ignore:Operation with range is deprecated"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred:UserWarning"),
]

SCORE = Estimate(mean=0.9, deviation=0.01)
TWO: dict[str, Any] = {"target": "churned", "rare": "refuse"}
THREE: dict[str, Any] = {}
SOFTER = Calibration(scale=0.6, gain=0.01)
SHARPER = Calibration(scale=1.8, gain=0.01)
MOVED = Calibration(scale=1.2, offset=-0.7, gain=0.01)
CASES = [
    (estimator, changes, calibration)
    for estimator in CLASSIFIERS
    for changes, calibration in ((THREE, SOFTER), (THREE, SHARPER), (TWO, SOFTER), (TWO, MOVED))
]


def snapshot_for(estimator: EstimatorName, changes: dict[str, Any]) -> Snapshot:
    space = {
        name: {"distribution": "choice", "values": [value]}
        for name, value in SMALL[estimator].items()
    }
    return second_snapshot(spec_of(**{"estimator": estimator, "search_space": space, **changes}))


def fitted(snapshot: Snapshot) -> FittedModel:
    estimator = snapshot.spec.estimator
    configuration = Configuration(estimator, SMALL[estimator])
    return fit_rows(snapshot.spec, snapshot.training, configuration, seed=1)


def exported(folder: Path, snapshot: Snapshot, calibration: Calibration | None) -> Bundle:
    estimator = snapshot.spec.estimator
    scores = Scores(SCORE, SCORE, SCORE, SCORE, (SCORE,) * 3, SCORE, SCORE)
    return export_bundle(
        folder,
        fitted(snapshot),
        snapshot,
        Trial(0, Configuration(estimator, SMALL[estimator]), "run", scores),
        calibration=calibration,
        sweep_id="sweep",
        trained_at="2026-01-01T00:00:00Z",
    )


@pytest.mark.parametrize(("estimator", "changes", "calibration"), CASES)
def test_graph_and_scikit_learn_model_are_calibrated_alike(
    estimator: EstimatorName, changes: dict[str, Any], calibration: Calibration, tmp_path: Path
) -> None:
    snapshot = snapshot_for(estimator, changes)

    bundle = exported(tmp_path, snapshot, calibration)

    assert bundle.agreement.rows > 5_400
    assert bundle.agreement.largest_difference <= PROBABILITY_TOLERANCE
    raw = answers(pipeline_of(bundle.model), snapshot.spec, snapshot.holdout.features)
    wanted = calibrated(raw, calibration.scale, calibration.offset)
    assert np.abs(bundle.told - wanted).max() <= PROBABILITY_TOLERANCE
    assert np.abs(bundle.told - raw).max() > 0.01
    manifest = Manifest.model_validate_json((tmp_path / "manifest.json").read_bytes())
    assert manifest.calibration == calibration
    check_golden(manifest, Session((tmp_path / "model.onnx").read_bytes()))


@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_the_logged_model_loads_and_answers_calibrated(
    estimator: EstimatorName, tmp_path: Path
) -> None:
    snapshot = snapshot_for(estimator, TWO)
    bundle = exported(tmp_path, snapshot, MOVED)
    path = tmp_path / "model"
    model = LoggedModel("1", "m-1", "visits", str(path), 0, 0, source_run_id="run")

    save(path, snapshot.learned, bundle.model, model, estimator=estimator, run_id="run")

    loaded = mlflow.sklearn.load_model(str(path))
    order = [list(loaded.classes_).index(label) for label in snapshot.spec.classes]
    told = loaded.predict_proba(snapshot.holdout.features)[:, order]
    assert np.abs(told - bundle.told).max() <= PROBABILITY_TOLERANCE


def test_a_restored_bundle_is_compared_calibrated(tmp_path: Path) -> None:
    snapshot = snapshot_for("random_forest", THREE)
    made = exported(tmp_path, snapshot, SHARPER)

    again = restore_bundle(tmp_path, fitted(snapshot), snapshot)

    assert again.manifest_sha256 == made.manifest_sha256
    assert (again.told == made.told).all()
    told = answers(again.model, snapshot.spec, snapshot.holdout.features)
    assert np.abs(told - made.told).max() <= PROBABILITY_TOLERANCE


def test_without_a_calibration_nothing_of_it_is_written(tmp_path: Path) -> None:
    exported(tmp_path, snapshot_for("random_forest", TWO), None)

    assert b"calibration" not in (tmp_path / "manifest.json").read_bytes()
    assert b"calibration" not in (tmp_path / "model.onnx").read_bytes()


def test_a_calibration_that_can_not_be_exact_is_refused(tmp_path: Path) -> None:
    # It blows up what float32 has lost of the probabilities.
    wild = Calibration(scale=1e5, gain=0.01)

    with pytest.raises(Refused, match="differs from scikit-learn's"):
        exported(tmp_path, snapshot_for("logistic_regression", THREE), wild)


def test_the_first_release_reads_no_calibration(tmp_path: Path) -> None:
    bundle = exported(tmp_path, snapshot_for("random_forest", THREE), SOFTER)
    document = bundle.manifest.model_dump(mode="json")
    contract = contract_of(snapshot_for("random_forest", THREE).learned)

    with pytest.raises(ValueError, match="needs format 2"):
        Manifest.model_validate_json(
            bundle.manifest.model_copy(update={"format": 1, "contract": contract}).model_dump_json()
        )
    assert document["calibration"]["scale"] == SOFTER.scale
