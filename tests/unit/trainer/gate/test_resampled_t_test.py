"""The comparison of two configurations."""

import math

import numpy as np
import pytest
from tests.unit.trainer.support.penguins import measured_rows, parted, species_spec

from rookery_trainer.gate.resampled_t_test import (
    Repeat,
    compare,
    corrected_t_test,
    fold_losses,
)
from rookery_trainer.model.trial import Configuration


def test_the_test_is_the_published_formula() -> None:
    gains = np.linspace(-0.1, 0.3, 50)

    found = corrected_t_test(gains)

    variance = sum((gain - 0.1) ** 2 for gain in gains) / 49
    assert found.t == pytest.approx(0.1 / math.sqrt(variance * (1 / 50 + 1 / 4)))
    # Of Student's t with 49 degrees of freedom, one-sided, by numerical integration.
    density = _student_density(np.linspace(found.t, 200.0, 2_000_001))
    assert found.p == pytest.approx(float(density.sum() * (200.0 - found.t) / 2e6), rel=1e-3)


def _student_density(t: np.ndarray) -> np.ndarray:
    constant = math.gamma(25) / (math.sqrt(49 * math.pi) * math.gamma(24.5))
    return np.asarray(constant * (1 + t**2 / 49) ** -25)


def test_without_variance_there_is_no_difference() -> None:
    found = corrected_t_test(np.zeros(50))

    assert (found.mean_gain, found.t, found.p) == (0.0, 0.0, 1.0)


def test_a_nan_is_carried_through() -> None:
    found = corrected_t_test(np.array([math.nan] + [0.1] * 49))

    assert math.isnan(found.p)


def test_both_sides_are_fitted_on_the_same_folds() -> None:
    spec = species_spec("k_nearest_neighbors", {"n_neighbors": 5})
    rows = parted(spec, measured_rows(spec), seed=0).training
    few, many = (
        Configuration("k_nearest_neighbors", {"n_neighbors": neighbors}) for neighbors in (5, 99)
    )

    there = compare(spec, rows, few, many, seed=1, mapper=map)
    back = compare(spec, rows, many, few, seed=1, mapper=map)

    assert there.gains == tuple(-gain for gain in back.gains)
    assert there.mean_gain > 0.02
    assert there.p < 0.05


def test_equal_configurations_gain_nothing_without_a_fit() -> None:
    spec = species_spec()
    rows = parted(spec, measured_rows(spec), seed=0).training
    same = Configuration("random_forest", {"n_estimators": 300})

    found = compare(spec, rows, same, same, seed=1, mapper=map)

    assert found.gains == (0.0,) * 50
    assert found.p == 1.0


def test_a_configuration_that_cannot_be_fitted_to_a_fold_has_no_loss() -> None:
    spec = species_spec("k_nearest_neighbors", {"n_neighbors": 5})
    rows = parted(spec, measured_rows(spec), seed=0).training
    too_many = Configuration("k_nearest_neighbors", {"n_neighbors": len(rows)})

    losses = fold_losses(Repeat(spec, rows, too_many, seed=1, number=0))

    assert len(losses) == 5
    assert np.isnan(losses).all()
