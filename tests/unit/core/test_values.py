"""A model's numbers become values: the mean is added in float64, a logarithm is undone."""

from typing import get_args

import numpy as np
import pytest

from rookery_core.spec.task import Transform
from rookery_core.values import answered_values, learned_numbers, value_intervals


def test_the_mean_is_added_in_float64() -> None:
    centred = np.array([[0.25], [-0.5]], dtype=np.float32)

    values = answered_values(centred, 1_000_000_000.125, "none")

    assert values.dtype == np.float64
    assert values.tolist() == [1_000_000_000.375, 999_999_999.625]


@pytest.mark.parametrize("transform", get_args(Transform))
def test_what_was_learned_is_undone(transform: Transform) -> None:
    values = np.array([0.5, 1.0, 12.5, 1e6])

    learned = learned_numbers(values, transform)
    again = answered_values(learned - learned.mean(), learned.mean(), transform)

    np.testing.assert_allclose(again, values, rtol=1e-9)


def test_no_logarithm_is_answered_by_infinity() -> None:
    values = answered_values(np.array([[1e30], [-1e30]], dtype=np.float32), 0.0, "log")

    assert np.isfinite(values).all()
    assert values[0] > 1e308
    assert values[1] == 0


def test_an_interval_reaches_as_far_as_the_residuals_do() -> None:
    values = np.array([10.0, -2.0])

    assert value_intervals(values, -1.5, 2.0, "none").tolist() == [[8.5, 12.0], [-3.5, 0.0]]
    np.testing.assert_allclose(
        value_intervals(np.array([10.0]), -np.log(2), np.log(3), "log"), [[5.0, 30.0]]
    )


@pytest.mark.parametrize("transform", get_args(Transform))
def test_the_ends_of_an_interval_are_numbers_however_large(transform: Transform) -> None:
    ends = value_intervals(np.array([1.7e308]), -1e308, 1e308, transform)

    assert np.isfinite(ends).all()
    assert ends[0, 0] < 1.7e308 < ends[0, 1]
