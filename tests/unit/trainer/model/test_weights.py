"""Weights of rows: they count in fits, metrics, calibration and folds as repeated rows would."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from tests.some import some
from tests.unit.trainer.support.encodings import COLUMNS, encoded_table, encoding_spec
from tests.unit.trainer.support.estimators import CLASSIFIERS, REGRESSORS, SMALL
from tests.unit.trainer.support.fitted_bundles import export_of

from rookery_core.manifest import PROBABILITY_TOLERANCE
from rookery_core.spec.estimators import SEARCHABLE, EstimatorName
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.batch import Batch
from rookery_trainer.data.rows import Rows, row_keys
from rookery_trainer.data.snapshot import Snapshot, snapshot_of
from rookery_trainer.model.answers import answers
from rookery_trainer.model.calibration import find_calibration
from rookery_trainer.model.cross_validation import cross_validate, fit_rows
from rookery_trainer.model.out_of_fold import OutOfFold
from rookery_trainer.model.scores import score
from rookery_trainer.model.trial import Configuration
from rookery_trainer.model.value_scores import value_score

WEIGHTED = [name for name, each in SEARCHABLE.items() if each.weighted]
ROWS = 600


def weighted_spec(estimator: EstimatorName, target: str, **changes: Any) -> ModelSpec:
    columns = [*COLUMNS, {"name": "people", "kind": "number"}]
    return encoding_spec(estimator, target, columns=columns, weight="people", **changes)


def table_with(people: NDArray[np.floating]) -> pd.DataFrame:
    return encoded_table(ROWS).assign(people=people)


def snapshot_with(
    estimator: EstimatorName, target: str, people: NDArray[np.floating], **changes: Any
) -> Snapshot:
    spec = weighted_spec(estimator, target, **changes)
    return snapshot_of(spec, table_with(people), Batch(1, "digest", ROWS))


def drawn(seed: int = 5) -> NDArray[np.float64]:
    return np.random.default_rng(seed).uniform(0.5, 4, ROWS)


def told(found: Snapshot, estimator: EstimatorName) -> NDArray[np.float64]:
    fitted = fit_rows(found.spec, found.training, Configuration(estimator, SMALL[estimator]), 1)
    return answers(fitted, found.spec, found.holdout.features)


CASES = [
    (estimator, target)
    for estimator in WEIGHTED
    for target in ("two", "three", "number")
    if estimator in (REGRESSORS if target == "number" else CLASSIFIERS)
]


@pytest.mark.parametrize(("estimator", "target"), CASES)
def test_only_how_weights_compare_matters(estimator: EstimatorName, target: str) -> None:
    weights = drawn()

    once, thousandfold = (
        told(snapshot_with(estimator, target, people), estimator)
        for people in (weights, weights * 1024)
    )

    assert np.array_equal(once, thousandfold)


@pytest.mark.parametrize("estimator", [name for name in WEIGHTED if name in CLASSIFIERS])
def test_a_class_of_heavy_rows_is_more_probable(estimator: EstimatorName) -> None:
    is_heavy = encoded_table(ROWS)["two"].to_numpy()

    plain, heavy = (
        told(snapshot_with(estimator, "two", people), estimator)[:, 1].mean()
        for people in (np.ones(ROWS), np.where(is_heavy, 8.0, 1.0))
    )

    assert heavy > plain + 0.02


@pytest.mark.parametrize("estimator", [name for name in WEIGHTED if name in REGRESSORS])
def test_a_model_of_numbers_is_nearer_to_heavy_rows(estimator: EstimatorName) -> None:
    numbers = encoded_table(ROWS)["number"].to_numpy()

    plain, heavy = (
        told(snapshot_with(estimator, "number", people), estimator).mean()
        for people in (np.ones(ROWS), np.where(numbers > np.median(numbers), 8.0, 1.0))
    )

    assert heavy > plain + 0.2


@pytest.mark.parametrize(
    ("estimator", "target"), [("logistic_regression", "two"), ("ridge", "number")]
)
def test_a_weighted_row_is_fitted_to_as_so_many_rows(estimator: EstimatorName, target: str) -> None:
    # Of a feature that is neither scaled nor imputed: these count each row alike.
    spec = weighted_spec(estimator, target, features=["colour"])
    found = snapshot_of(
        spec, table_with(np.tile([1.0, 3.0], ROWS // 2)), Batch(1, "digest", ROWS)
    ).training
    assert found.weights is not None
    repeated = found.take(np.repeat(np.arange(len(found)), found.weights.astype(int)))
    once = Rows(
        repeated.features,
        repeated.labels,
        repeated.keys,
        values=repeated.values,
        weights=np.ones(len(repeated)),
    )
    parameters = {"C": 1e6} if estimator == "logistic_regression" else {"alpha": 1e-9}
    configuration = Configuration(estimator, parameters)

    weighted, counted = (
        answers(fit_rows(spec, rows, configuration, 1), spec, found.features)
        for rows in (found, once)
    )

    assert weighted == pytest.approx(counted, rel=1e-4)


@pytest.mark.parametrize(("estimator", "target"), CASES)
def test_an_exported_model_of_weighted_rows_agrees_and_asks_for_no_weight(
    estimator: EstimatorName, target: str, tmp_path: Path
) -> None:
    bundle = export_of(tmp_path, snapshot_with(estimator, target, drawn()))

    assert bundle.agreement.largest_difference <= PROBABILITY_TOLERANCE
    assert "people" not in bundle.manifest.model_dump_json()


def test_scores_count_a_row_as_often_as_its_weight_says() -> None:
    generator = np.random.default_rng(2)
    truth, shares = generator.integers(0, 3, 90), generator.dirichlet([2.0, 2.0, 2.0], 90)
    weights = generator.integers(1, 5, 90)

    weighted = score(truth, shares, weights.astype(np.float64))

    repeated = score(np.repeat(truth, weights), np.repeat(shares, weights, axis=0))
    for name, figure in some(weighted.figures.items()):
        assert figure == pytest.approx(repeated.figures[name]), name
    assert weighted.recalls == pytest.approx(repeated.recalls)
    assert weighted.log_loss != pytest.approx(score(truth, shares).log_loss)


def test_scores_of_numbers_count_a_row_as_often_as_its_weight_says() -> None:
    generator = np.random.default_rng(2)
    truth = generator.normal(size=90)
    guesses, weights = truth + generator.normal(size=90), generator.integers(1, 5, 90)

    weighted = value_score(truth, guesses, weights.astype(np.float64))

    repeated = value_score(np.repeat(truth, weights), np.repeat(guesses, weights))
    for name, figure in some(weighted.figures.items()):
        assert figure == pytest.approx(repeated.figures[name]), name


def test_a_calibration_is_that_of_rows_repeated_as_their_weights_say() -> None:
    generator = np.random.default_rng(4)
    shares = generator.beta(2, 2, 2_000)
    truth = (generator.random(2_000) < 1 / (1 + np.exp(-3 * np.log(shares / (1 - shares))))).astype(
        np.intp
    )
    raw, folds = np.column_stack([1 - shares, shares]), np.arange(2_000) % 5
    weights = generator.integers(1, 5, 2_000)

    weighted = find_calibration(truth, OutOfFold(raw, folds), weights.astype(np.float64))

    places = np.repeat(np.arange(2_000), weights)
    repeated = find_calibration(truth[places], OutOfFold(raw[places], folds[places]))
    assert weighted is not None
    assert repeated is not None
    assert weighted.calibration.scale == pytest.approx(repeated.calibration.scale, rel=1e-3)
    assert weighted.calibration.gain == pytest.approx(repeated.calibration.gain, rel=1e-3)


def test_folds_are_scored_by_the_weights_of_the_rows_they_test() -> None:
    found = snapshot_with("logistic_regression", "two", drawn())
    configuration = Configuration("logistic_regression", {"C": 1.0})
    plain = Rows(**{**vars(found.training), "weights": np.ones(len(found.training))})

    weighted, alike = (
        cross_validate(found.spec, rows, configuration, 1) for rows in (found.training, plain)
    )

    assert weighted.estimates["log_loss"].mean != alike.estimates["log_loss"].mean


def test_rows_of_weight_zero_are_left_out_and_counted() -> None:
    people = np.where(np.arange(ROWS) % 3, 2.0, 0.0)

    found = snapshot_with("random_forest", "two", people)

    assert found.left_out["of_weight_zero"] == ROWS // 3
    for side in some((found.training, found.holdout)):
        assert side.weights is not None
        assert (side.weights == 2).all()
    assert len(found.training) + len(found.holdout) == ROWS - ROWS // 3


def test_a_sweep_is_bound_to_the_weights_it_has_read() -> None:
    one = snapshot_with("random_forest", "two", np.ones(ROWS))
    other = snapshot_with("random_forest", "two", np.full(ROWS, 2.0))

    assert one.content_digest != other.content_digest


def test_taken_rows_keep_their_weights() -> None:
    rows = Rows(
        pd.DataFrame({"x": np.zeros(3, np.float32)}),
        np.zeros(3, np.intp),
        row_keys([b"a", b"b", b"c"]),
        weights=np.array([1.0, 2.0, 3.0]),
    )

    taken = rows.take(np.array([2, 0])).weights

    assert taken is not None
    assert taken.tolist() == [3.0, 1.0]
