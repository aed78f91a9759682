"""The order that a spec asks for, along grids of a feature, in the graph that is served."""

from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.entities import LoggedModel
from numpy.typing import NDArray
from tests.some import some
from tests.unit.trainer.support.regression import number_snapshot, number_spec
from tests.unit.trainer.support.second_version import second_snapshot, spec_of

from rookery_core.manifest import Calibration
from rookery_core.spec.estimators import EstimatorName
from rookery_trainer.bundle.export import Bundle, export_bundle
from rookery_trainer.bundle.served import ServedModel
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.scores import Estimate, Scores
from rookery_trainer.model.trial import Configuration, Trial
from rookery_trainer.model.value_scores import ValueScores
from rookery_trainer.tracking.logged_models import save

pytestmark = [
    pytest.mark.filterwarnings("ignore:Operation with range is deprecated"),
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred:UserWarning"),
]

GRID, ROWS = 60, 40
ROUNDING = 2e-7
"""Of a sigmoid in float32; the sums of trees are in order exactly."""
SCORE = Estimate(mean=0.9, deviation=0.01)
BOOSTED: dict[EstimatorName, dict[str, Any]] = {
    "hist_gradient_boosting": {"max_iter": 40, "learning_rate": 0.3},
    "xgboost": {"n_estimators": 40, "learning_rate": 0.3},
}
ORDER = {"amount": "increasing", "visits": "decreasing", "member": "increasing"}
CALIBRATION = Calibration(scale=1.7, offset=0.3, gain=0.01)


def of_classes(estimator: EstimatorName, order: dict[str, str], positive: str) -> Snapshot:
    return second_snapshot(
        spec_of(
            target="churned",
            rare="refuse",
            estimator=estimator,
            search_space={"learning_rate": {"distribution": "choice", "values": [0.3]}},
            monotone=order,
            decision={"positive": positive, "metric": "f1"},
        ),
        rows=1500,
    )


def of_numbers(estimator: EstimatorName, order: dict[str, str], transform: str) -> Snapshot:
    return number_snapshot(
        number_spec(
            estimator=estimator,
            search_space={"learning_rate": {"distribution": "choice", "values": [0.3]}},
            monotone=order,
            transform=transform,
        )
    )


def exported(folder: Path, snapshot: Snapshot, calibration: Calibration | None = None) -> Bundle:
    estimator = snapshot.spec.estimator
    configuration = Configuration(estimator, BOOSTED[estimator])
    scores: Scores | ValueScores = Scores(SCORE, SCORE, SCORE, SCORE, (SCORE,) * 2, SCORE, SCORE)
    if snapshot.spec.task == "regression":
        scores = ValueScores(SCORE, SCORE, SCORE)
    return export_bundle(
        folder,
        fit_rows(snapshot.spec, snapshot.training, configuration, seed=1),
        snapshot,
        Trial(0, configuration, "run", scores),
        calibration=calibration,
        sweep_id="sweep",
        trained_at="2026-01-01T00:00:00Z",
    )


def along(
    bundle: Bundle, snapshot: Snapshot, name: str, positive: int | None
) -> NDArray[np.float64]:
    """Answers rows [ROWS, GRID] that differ along each in that feature alone."""
    served = ServedModel.read(bundle.manifest, (bundle.directory / "model.onnx").read_bytes())
    features = snapshot.training.features
    known = features[name].dropna().astype(np.float64)
    ends = known.min() - 1, known.max() + 1
    # The values of the rows too: an order is broken between two of them, if anywhere.
    values = np.sort(np.concatenate([np.linspace(*ends, GRID // 2), known.iloc[: GRID // 2]]))
    drawn = features.sample(ROWS, random_state=3)
    rows = drawn.loc[drawn.index.repeat(GRID)].reset_index(drop=True)
    rows[name] = np.tile(values.astype(np.float32), ROWS)
    told = served.answers(rows)
    return (told if positive is None else told[:, positive]).reshape(ROWS, GRID)


def falls(answers: NDArray[np.float64], direction: str) -> NDArray[np.float64]:
    """Returns by how much each step goes against the direction."""
    steps = np.diff(answers, axis=1)
    return np.maximum(-steps if direction == "increasing" else steps, 0)


@pytest.mark.parametrize("calibration", [None, CALIBRATION])
@pytest.mark.parametrize("positive", ["true", "false"])
@pytest.mark.parametrize("estimator", BOOSTED)
def test_the_probability_of_the_positive_class_is_in_the_order_asked_for(
    estimator: EstimatorName, positive: str, calibration: Calibration | None, tmp_path: Path
) -> None:
    snapshot = of_classes(estimator, ORDER, positive)

    bundle = exported(tmp_path, snapshot, calibration)

    assert bundle.manifest.monotone == ORDER
    moved = []
    for name, direction in some(ORDER.items()):
        told = along(bundle, snapshot, name, snapshot.spec.positive)
        assert falls(told, direction).max() <= ROUNDING
        moved.append(np.ptp(told, axis=1).max())
    assert max(moved) > 0.02


@pytest.mark.parametrize("transform", ["none", "log"])
@pytest.mark.parametrize("estimator", BOOSTED)
def test_a_number_is_in_the_order_asked_for(
    estimator: EstimatorName, transform: str, tmp_path: Path
) -> None:
    order = ORDER | {"visits": "increasing"}
    snapshot = of_numbers(estimator, order, transform)

    bundle = exported(tmp_path, snapshot)

    for name, direction in some(order.items()):
        told = along(bundle, snapshot, name, None)
        assert falls(told, direction).max() == 0
    assert np.ptp(along(bundle, snapshot, "visits", None), axis=1).max() > 10


@pytest.mark.parametrize("estimator", BOOSTED)
def test_without_the_key_answers_fall(estimator: EstimatorName, tmp_path: Path) -> None:
    snapshot = of_classes(estimator, {}, "true")

    bundle = exported(tmp_path, snapshot)

    fallen = [falls(along(bundle, snapshot, name, 1), ORDER[name]).max() for name in ORDER]
    assert max(fallen) > 0.01


@pytest.mark.parametrize("estimator", BOOSTED)
def test_a_missing_value_has_no_place_in_the_order(
    estimator: EstimatorName, tmp_path: Path
) -> None:
    snapshot = of_classes(estimator, ORDER, "true")
    bundle = exported(tmp_path, snapshot)
    served = ServedModel.read(bundle.manifest, (tmp_path / "model.onnx").read_bytes())

    rows = snapshot.training.features.head(20).assign(amount=np.float32(np.nan))

    assert np.isfinite(served.answers(rows)).all()


@pytest.mark.parametrize("estimator", BOOSTED)
def test_the_logged_model_loads_and_answers_alike(estimator: EstimatorName, tmp_path: Path) -> None:
    snapshot = of_classes(estimator, ORDER, "true")
    bundle = exported(tmp_path, snapshot)
    path = tmp_path / "model"
    model = LoggedModel("1", "m-1", "visits", str(path), 0, 0, source_run_id="run")

    save(path, snapshot.learned, bundle.model, model, estimator=estimator, run_id="run")

    features: pd.DataFrame = snapshot.holdout.features
    loaded = mlflow.sklearn.load_model(str(path))
    order = [list(loaded.classes_).index(label) for label in snapshot.spec.classes]
    assert np.abs(loaded.predict_proba(features)[:, order] - bundle.told).max() <= 1e-5
