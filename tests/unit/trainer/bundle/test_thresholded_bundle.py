"""Bundles with a threshold: manifest, golden rows, hold-out and logged model answer one label."""

from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pytest
from mlflow.entities import LoggedModel
from tests.some import some
from tests.unit.trainer.support.estimators import CLASSIFIERS, SMALL
from tests.unit.trainer.support.second_version import second_snapshot, spec_of

from rookery_core.errors import Refused
from rookery_core.labels import TIE, predicted_classes
from rookery_core.manifest import Calibration, Manifest, Threshold
from rookery_core.spec.estimators import EstimatorName
from rookery_core.spec.label_decision import Costs, LabelDecision
from rookery_runtime.prediction.golden_check import check_golden
from rookery_runtime.prediction.onnx_session import Session
from rookery_trainer.bundle.export import Bundle, export_bundle, restore_bundle
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.model.answers import FittedModel, pipeline_of
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.scores import Estimate, Scores
from rookery_trainer.model.trial import Configuration, Trial
from rookery_trainer.tracking.logged_models import answered_by, save

pytestmark = [
    pytest.mark.filterwarnings("ignore:Operation with range is deprecated"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred:UserWarning"),
]

SCORE = Estimate(mean=0.9, deviation=0.01)
COSTS = {"false_positive": 1, "false_negative": 4}
CALIBRATIONS = (None, Calibration(scale=1.2, offset=-0.2, gain=0.01))


def snapshot_for(estimator: EstimatorName, positive: str = "true") -> Snapshot:
    space = {
        name: {"distribution": "choice", "values": [value]}
        for name, value in SMALL[estimator].items()
    }
    changes: dict[str, Any] = {"target": "churned", "rare": "refuse"}
    decision = {"positive": positive, "costs": COSTS}
    return second_snapshot(
        spec_of(estimator=estimator, search_space=space, decision=decision, **changes)
    )


def threshold(value: float, positive: str = "true") -> Threshold:
    return Threshold(
        value=value,
        decision=LabelDecision(positive=positive, costs=Costs(false_positive=1, false_negative=4)),
        positive=positive,
        out_of_fold=80,
        out_of_fold_at_argmax=120,
    )


def fitted(snapshot: Snapshot) -> FittedModel:
    estimator = snapshot.spec.estimator
    configuration = Configuration(estimator, SMALL[estimator])
    return fit_rows(snapshot.spec, snapshot.training, configuration, seed=1)


def exported(
    folder: Path,
    snapshot: Snapshot,
    chosen: Threshold | None,
    calibration: Calibration | None = None,
) -> Bundle:
    estimator = snapshot.spec.estimator
    scores = Scores(SCORE, SCORE, SCORE, SCORE, (SCORE,) * 2, SCORE, SCORE)
    return export_bundle(
        folder,
        fitted(snapshot),
        snapshot,
        Trial(0, Configuration(estimator, SMALL[estimator]), "run", scores),
        calibration=calibration,
        threshold=chosen,
        sweep_id="sweep",
        trained_at="2026-01-01T00:00:00Z",
    )


@pytest.mark.parametrize("positive", ["true", "false"])
@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_the_logged_model_answers_the_labels_of_the_bundle(
    estimator: EstimatorName, positive: str, tmp_path: Path
) -> None:
    snapshot = snapshot_for(estimator, positive)
    value = 0.3 if positive == "true" else 0.7
    bundle = exported(tmp_path, snapshot, threshold(value, positive), CALIBRATIONS[1])
    path = tmp_path / "model"
    model = LoggedModel("1", "m-1", "visits", str(path), 0, 0, source_run_id="run")

    save(path, snapshot.learned, bundle.model, model, estimator=estimator, run_id="run")

    # What `mlflow models serve` asks of a model.
    served = mlflow.pyfunc.load_model(str(path)).predict(snapshot.holdout.features)
    classes = np.array(snapshot.spec.classes)
    labels = classes[predicted_classes(bundle.told, bundle.manifest.cut)]
    assert list(served) == labels.tolist()
    assert (labels != classes[predicted_classes(bundle.told)]).any()
    again = mlflow.sklearn.load_model(str(path))
    order = [list(again.classes_).index(label) for label in snapshot.spec.classes]
    told = again.predict_proba(snapshot.holdout.features)[:, order]
    assert np.abs(told - bundle.told).max() <= TIE


@pytest.mark.parametrize("calibration", CALIBRATIONS)
def test_golden_rows_and_hold_out_have_the_labels_that_are_served(
    calibration: Calibration | None, tmp_path: Path
) -> None:
    snapshot = snapshot_for("random_forest")

    bundle = exported(tmp_path, snapshot, threshold(0.3), calibration)

    manifest = Manifest.model_validate_json((tmp_path / "manifest.json").read_bytes())
    check_golden(manifest, Session((tmp_path / "model.onnx").read_bytes()))
    assert manifest.cut is not None
    for row in some(manifest.golden):
        assert (row.label == "true") == (row.probabilities[1] >= manifest.cut.least)
    positive = int(bundle.class_evaluation.confusion[:, 1].sum())
    assert positive == (bundle.told[:, 1] >= 0.3 - TIE).sum()
    assert bundle.class_evaluation.score.accuracy == manifest.metrics["accuracy"]


def test_a_bundle_whose_golden_labels_are_those_without_a_threshold_is_refused(
    tmp_path: Path,
) -> None:
    bundle = exported(tmp_path, snapshot_for("random_forest"), threshold(0.3))
    told = np.array([row.probabilities for row in bundle.manifest.golden])
    plain = [bundle.manifest.contract.classes[index] for index in predicted_classes(told)]

    golden = tuple(
        row.model_copy(update={"label": label})
        for row, label in zip(bundle.manifest.golden, plain, strict=True)
    )

    assert golden != bundle.manifest.golden
    with pytest.raises(Refused, match="labels differ from its golden predictions"):
        check_golden(
            bundle.manifest.model_copy(update={"golden": golden}),
            Session((tmp_path / "model.onnx").read_bytes()),
        )


def test_the_manifest_has_the_cost_on_the_hold_out_with_the_threshold_and_without(
    tmp_path: Path,
) -> None:
    snapshot = snapshot_for("random_forest")

    bundle = exported(tmp_path, snapshot, threshold(0.3))

    truth = snapshot.holdout.labels
    costs = []
    for least in (0.3 - TIE, 0.5 + TIE / 2):
        answered = bundle.told[:, 1] >= least
        costs.append((answered & (truth == 0)).sum() + 4 * (~answered & (truth == 1)).sum())
    metrics = bundle.manifest.metrics
    assert [metrics["cost"], metrics["cost_at_argmax"]] == costs
    assert costs[0] < costs[1]


def test_a_restored_bundle_has_the_threshold_it_was_exported_with(tmp_path: Path) -> None:
    snapshot = snapshot_for("random_forest")
    made = exported(tmp_path, snapshot, threshold(0.3), CALIBRATIONS[1])

    again = restore_bundle(tmp_path, fitted(snapshot), snapshot)

    assert again.manifest == made.manifest
    assert again.class_evaluation.misses == made.class_evaluation.misses
    features = snapshot.holdout.features
    assert list(again.model.predict(features)) == list(made.model.predict(features))
    assert pipeline_of(again.model).predict_proba(features).shape == (len(features), 2)


def test_a_logged_model_is_known_by_what_decides_its_answers(tmp_path: Path) -> None:
    bundle = exported(tmp_path, snapshot_for("random_forest"), threshold(0.3), CALIBRATIONS[1])

    assert answered_by(bundle.manifest) == {
        "calibration_scale": "1.2",
        "calibration_offset": "-0.2",
        "threshold": str(bundle.manifest.threshold and bundle.manifest.threshold.value),
        "positive": "true",
    }


def test_without_a_decision_nothing_of_it_is_written(tmp_path: Path) -> None:
    exported(tmp_path, snapshot_for("random_forest"), None)
    text = (tmp_path / "manifest.json").read_bytes()

    assert b"threshold" not in text
    assert b"monotone" not in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": 1}, "needs format 2"),
        ({"threshold": {"positive": "maybe"}}, "threshold.positive: not one of the classes"),
        ({"threshold": {"value": 1.5}}, "less than or equal to"),
        ({"threshold": {"value": -0.1}}, "greater than or equal to"),
    ],
)
def test_a_manifest_whose_threshold_divides_nothing_is_none(
    changes: dict[str, Any], said: str, tmp_path: Path
) -> None:
    bundle = exported(tmp_path, snapshot_for("random_forest"), threshold(0.3))
    document = bundle.manifest.model_dump(mode="json")

    for key, value in changes.items():
        document[key] = document[key] | value if isinstance(value, dict) else value

    with pytest.raises(ValueError, match=said):
        Manifest.model_validate(document, strict=False)
