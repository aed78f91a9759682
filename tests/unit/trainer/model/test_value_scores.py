"""Scores of values."""

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from tests.some import some

from rookery_trainer.model.value_scores import value_losses, value_score, values_over_folds

GENERATOR = np.random.default_rng(5)


@pytest.mark.parametrize(("center", "spread"), [(0.0, 1.0), (1e6, 1.0), (-3.0, 1e-3), (0.0, 1e12)])
def test_scores_are_those_of_scikit_learn(center: float, spread: float) -> None:
    truth = center + spread * GENERATOR.normal(size=200)
    told = truth + spread * GENERATOR.normal(size=200)

    found = value_score(truth, told)

    assert found.rmse == pytest.approx(root_mean_squared_error(truth, told), rel=1e-12)
    assert found.mae == pytest.approx(mean_absolute_error(truth, told), rel=1e-12)
    assert found.r2 == pytest.approx(r2_score(truth, told), rel=1e-9)


@pytest.mark.parametrize(("told", "r2"), [(7.1, 1.0), (7.2, 0.0)])
@pytest.mark.parametrize("rows", [1, 3])
def test_a_constant_truth_has_an_r2_of_none_or_all(rows: int, told: float, r2: float) -> None:
    assert value_score(np.full(rows, 7.1), np.full(rows, told)).r2 == r2


def test_losses_of_rows_are_of_the_kind_that_is_asked_for() -> None:
    truth, told = np.array([1.0, 5.0]), np.array([3.0, 4.0])

    assert value_losses("squared", truth, told).tolist() == [4.0, 1.0]
    assert value_losses("absolute", truth, told).tolist() == [2.0, 1.0]


def test_scores_over_folds_are_mean_and_deviation() -> None:
    folds = [value_score(np.array([0.0, 1.0]), np.array([error, 1.0])) for error in (0.0, 1.0)]

    found = values_over_folds(folds)

    assert found.mae.mean == pytest.approx(0.25)
    assert found.mae.deviation == pytest.approx(0.25)
    assert found.finite
    for name, estimate in some(found.estimates.items()):
        assert estimate.mean == np.mean([fold.figures[name] for fold in folds])


@pytest.mark.parametrize("told", [np.nan, np.inf])
def test_an_answer_that_is_no_number_is_no_finite_score(told: float) -> None:
    found = values_over_folds([value_score(np.array([0.0, 1.0]), np.array([told, 1.0]))])

    assert not found.finite
