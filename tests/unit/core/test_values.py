"""A model's numbers become values: the mean is added in float64, a logarithm is undone."""

from typing import get_args

import numpy as np
import pytest

from rookery_core.spec.task import Transform
from rookery_core.values import answered_values, learned_numbers


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
