"""The t-test over blocks of time."""

import math

import numpy as np
import pytest
from tests.unit.trainer.support.second_version import second_snapshot, spec_of

from rookery_trainer.gate.block_t_test import newey_west_t
from rookery_trainer.gate.resampled_t_test import compare
from rookery_trainer.model.trial import Configuration

BLOCKS = 20


def test_the_variance_is_the_published_formula() -> None:
    gains = np.random.default_rng(1).normal(0.02, 0.05, BLOCKS)

    t, _ = newey_west_t(gains)

    mean = gains.mean()
    own = sum((gain - mean) ** 2 for gain in gains)
    lagged = sum((gains[i] - mean) * (gains[i - 1] - mean) for i in range(1, BLOCKS))
    # gamma(0) + 2 * (1 - 1/2) * gamma(1), with the small-sample factor n / (n - 1).
    assert t == pytest.approx(mean / math.sqrt((own + lagged) / (BLOCKS - 1) / BLOCKS))


@pytest.mark.parametrize("gains", [[0.0] * BLOCKS, [0.125] * BLOCKS, [0.5], []])
def test_without_variance_or_blocks_there_is_no_evidence(gains: list[float]) -> None:
    assert newey_west_t(np.array(gains)) == (0.0, 1.0)


def test_a_nan_is_carried_through() -> None:
    assert math.isnan(newey_west_t(np.array([0.1, math.nan, 0.2]))[1])


def _promoted(shift: float, correlation: float) -> float:
    generator = np.random.default_rng(7)
    noise = generator.normal(size=(4_000, BLOCKS))
    for block in range(1, BLOCKS):
        noise[:, block] = (
            correlation * noise[:, block - 1] + math.sqrt(1 - correlation**2) * noise[:, block]
        )
    return float(np.mean([newey_west_t(shift + gains)[1] < 0.05 for gains in noise]))


def test_noise_is_seldom_taken_for_a_gain_and_a_gain_is_mostly_found() -> None:
    assert _promoted(0.0, 0.0) < 0.08
    assert _promoted(0.0, 0.2) < 0.10
    assert _promoted(0.7, 0.0) > 0.8


def test_by_time_configurations_are_compared_block_by_block() -> None:
    spec = spec_of(
        estimator="k_nearest_neighbors",
        search_space={"n_neighbors": {"distribution": "choice", "values": [1, 31]}},
        holdout={"by": "time", "column": "since"},
    )
    rows = second_snapshot(spec).training
    weak, strong = (Configuration("logistic_regression", {"C": penalty}) for penalty in (1e-4, 0.1))

    there = compare(spec, rows, strong, weak, seed=1, mapper=map)
    back = compare(spec, rows, weak, strong, seed=1, mapper=map)

    assert len(there.gains) == BLOCKS
    assert there.gains == tuple(-gain for gain in back.gains)
    assert (there.t, there.p) == newey_west_t(np.array(there.gains))


def test_by_group_configurations_are_compared_on_fifty_folds() -> None:
    spec = spec_of(
        estimator="k_nearest_neighbors",
        search_space={"n_neighbors": {"distribution": "choice", "values": [1, 31]}},
        holdout={"by": "group", "column": "patient"},
    )
    rows = second_snapshot(spec).training
    weak, strong = (Configuration("logistic_regression", {"C": penalty}) for penalty in (1e-4, 0.1))

    found = compare(spec, rows, strong, weak, seed=1, mapper=map)

    assert len(found.gains) == 50
    assert np.isfinite(found.gains).all()
