"""Residuals out of fold: how far the interval round a number reaches, and how often it holds."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from tests.unit.trainer.support.intervals import drawn, found_by, interval_rows, interval_spec
from threadpoolctl import threadpool_limits

from rookery_core.manifest import Residuals
from rookery_trainer.model.out_of_fold import UNTESTED, OutOfFold
from rookery_trainer.model.residuals import find_residuals, interval_worth
from rookery_trainer.model.trial import Configuration

TABLE = drawn("gaussian", 99)
ROWS = interval_rows(TABLE)
TRUTH = ROWS.target_values
FOLDS = np.arange(len(TRUTH)) * 5 // len(TRUTH)
SPLITS = 20


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield


@pytest.mark.parametrize("kind", ["gaussian", "heavy-tailed"])
def test_of_new_rows_about_as_many_lie_within_as_the_spec_says(kind: str) -> None:
    ridge = Configuration("ridge", {})

    covered = [found_by(drawn(kind, 2_300, seed), {}, ridge, seed)[1] for seed in range(SPLITS)]

    assert 0.88 <= np.mean(covered) <= 0.93


def test_as_many_residuals_lie_outside_on_each_end() -> None:
    errors = np.linspace(-49, 49, 99)

    found = find_residuals(interval_spec(TABLE), ROWS, OutOfFold(TRUTH - errors, FOLDS))

    # Of 99 and one more, five lie beyond each end.
    assert found is not None
    np.testing.assert_allclose([found.low, found.high], [-45, 45])


def test_few_rows_give_their_largest_errors() -> None:
    few = ROWS.take(np.arange(5))
    told = OutOfFold(few.target_values - [-3, -1, 0, 1, 4], np.arange(5))

    found = find_residuals(interval_spec(TABLE), few, told)

    assert found is not None
    np.testing.assert_allclose([found.low, found.high], [-3, 4])


def test_the_answer_is_within_however_one_sided_its_errors_are() -> None:
    told = OutOfFold(TRUTH - 5, FOLDS)

    found = find_residuals(interval_spec(TABLE), ROWS, told)

    assert found is not None
    assert found.low == 0
    assert found.high == pytest.approx(5)


def test_of_logarithms_the_residuals_are_ratios() -> None:
    rows = replace(ROWS, values=np.exp(TRUTH))
    told = OutOfFold(np.exp(TRUTH - np.linspace(-49, 49, 99) / 100), FOLDS)

    found = find_residuals(interval_spec(TABLE, transform="log"), rows, told)

    assert found is not None
    np.testing.assert_allclose([found.low, found.high], [-0.45, 0.45])


def test_by_time_the_later_folds_alone_count() -> None:
    timed = replace(ROWS, moments=np.arange(len(TRUTH)))
    folds = np.where(FOLDS == 0, UNTESTED, FOLDS - 1)
    # The four folds err by 100, 100, 1 and 1.
    told = OutOfFold(TRUTH - np.where(folds < 2, 100.0, 1.0), folds)

    found = find_residuals(interval_spec(TABLE), timed, told)

    assert found is not None
    assert found.high == pytest.approx(1)


def test_a_row_counts_as_much_as_its_weight_says() -> None:
    errors = np.where(np.arange(99) < 9, 10.0, 1.0)
    told = OutOfFold(TRUTH - errors, FOLDS)
    light = replace(ROWS, weights=np.where(errors > 1, 0.01, 1.0))

    plain, weighted = (find_residuals(interval_spec(TABLE), rows, told) for rows in (ROWS, light))

    assert plain is not None
    assert weighted is not None
    assert [plain.high, weighted.high] == pytest.approx([10, 1])


def test_without_an_interval_there_are_none() -> None:
    spec = interval_spec(TABLE, interval=None)

    assert find_residuals(spec, ROWS, OutOfFold(TRUTH, FOLDS)) is None
    assert interval_worth(None, ROWS, TRUTH, "none") == {}


def test_coverage_and_width_are_of_the_rows_by_their_weights() -> None:
    few = replace(ROWS.take(np.arange(4)), weights=np.array([1.0, 1.0, 1.0, 3.0]))
    told = few.target_values + np.array([0.0, 1.0, -0.5, 9.0])

    found = interval_worth(Residuals(low=-1.0, high=0.5), few, told, "none")

    assert found["interval_coverage"] == pytest.approx(0.5)
    assert found["interval_width"] == pytest.approx(1.5)
