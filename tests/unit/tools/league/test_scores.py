"""The metric of a table, its gap, and how far chance may move a difference."""

import numpy as np
import pytest
from tests.some import some
from tools.league.entries import Metric
from tools.league.scores import error_of_difference, gap, score


def test_each_metric_is_the_known_one() -> None:
    halves = np.array([[0.6, 0.4], [0.4, 0.6], [0.5, 0.5], [0.1, 0.9]])

    assert score("roc_auc", np.array([0, 1, 0, 1]), halves) == 1.0
    assert score("log_loss", np.array([0, 1]), halves[:2]) == pytest.approx(-np.log(0.6))
    assert score("rmse", np.array([1.0, 3.0]), np.array([1.0, 1.0])) == pytest.approx(2**0.5)


def test_a_probability_of_zero_costs_a_stated_loss() -> None:
    told = np.array([[0.0, 1.0], [1.0, 0.0]])

    assert score("log_loss", np.array([0, 0]), told) == pytest.approx(-np.log(1e-5) / 2, rel=1e-3)


@pytest.mark.parametrize(
    ("metric", "ours", "theirs", "expected"),
    [("roc_auc", 0.81, 0.9, 0.1), ("log_loss", 0.33, 0.3, 0.1), ("rmse", 9.0, 10.0, -0.1)],
)
def test_a_gap_is_positive_where_ours_is_worse(
    metric: Metric, ours: float, theirs: float, expected: float
) -> None:
    assert gap(metric, ours, theirs) == pytest.approx(expected)


def test_equal_answers_differ_by_nothing_and_others_by_chance() -> None:
    generator = np.random.default_rng(1)
    truth = generator.normal(size=400)
    near, far = truth + generator.normal(size=400), truth + generator.normal(size=400)

    none = error_of_difference("rmse", truth, near, near)
    some_error = error_of_difference("rmse", truth, near, far)

    assert none == 0
    assert 0.01 < some_error < 0.2


def test_a_rare_class_is_in_every_draw() -> None:
    truth = np.array([0] * 200 + [1] * 2)
    answers = np.random.default_rng(2).dirichlet([1, 1], 202)
    metrics: list[Metric] = ["roc_auc", "log_loss"]

    for metric in some(metrics):
        assert np.isfinite(error_of_difference(metric, truth, answers, answers[::-1]))
