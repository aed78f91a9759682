"""The report of a sweep whose target is a number."""

import csv
from pathlib import Path

import numpy as np
import pytest
from tests.unit.trainer.support.regression import number_spec

from rookery_trainer.model.evaluation import evaluate_values
from rookery_trainer.model.scores import Estimate
from rookery_trainer.model.trial import Configuration, Trial
from rookery_trainer.model.value_scores import ValueScores
from rookery_trainer.tracking.sweep_report import write_report
from rookery_trainer.tracking.value_report import SHOWN, draw_residuals, write_metrics

TRUTH = np.array([1.0, 2.0, 3.0, 4.0])
TOLD = np.array([1.5, 2.0, 3.0, 3.5])
SCORES = ValueScores(Estimate(0.5, 0.1), Estimate(1 / 3, 0.0), Estimate(0.9, 0.05))


def test_each_metric_has_a_row_with_the_holdouts_and_the_folds_figures(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"

    write_metrics(path, SCORES, evaluate_values(TRUTH, TOLD))

    assert list(csv.reader(path.read_text().splitlines())) == [
        ["metric", "holdout", "cv", "cv_std"],
        ["rmse", "0.353553", "0.5", "0.1"],
        ["mae", "0.25", "0.333333", "0"],
        ["r2", "0.9", "0.9", "0.05"],
    ]


def test_residuals_are_what_the_answers_miss_in_the_targets_unit() -> None:
    (axes,) = draw_residuals(number_spec(), evaluate_values(TRUTH, TOLD)).axes

    _, points = axes.get_lines()
    assert np.asarray(points.get_xdata()).tolist() == TOLD.tolist()
    assert np.asarray(points.get_ydata()).tolist() == (TRUTH - TOLD).tolist()
    assert axes.get_xlabel() == "answered cost (EUR)"


@pytest.mark.parametrize("rows", [1, SHOWN, SHOWN + 1, 7 * SHOWN])
def test_at_most_so_many_rows_are_drawn(rows: int) -> None:
    told = np.linspace(0, 1, rows)

    (axes,) = draw_residuals(number_spec(), evaluate_values(told, told)).axes

    drawn = len(np.asarray(axes.get_lines()[1].get_xdata()))
    assert min(rows, SHOWN // 2) <= drawn <= SHOWN


def test_the_report_has_residuals_and_metrics_in_place_of_classes(tmp_path: Path) -> None:
    trial = Trial(0, Configuration("random_forest", {"n_estimators": 10}), "run", SCORES)

    write_report(tmp_path, number_spec(), [trial], trial, evaluate_values(TRUTH, TOLD))

    assert {path.name for path in tmp_path.iterdir()} == {
        *("residuals.png", "metrics.csv", "search.png", "spec.json"),
    }
