"""Losses and constants, by which skill is measured."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from rookery_core.spec.task import Loss
from rookery_trainer.gate.skill import measure_of


def test_a_rare_class_may_be_called_improbable() -> None:
    rare = np.array([0] * 9_990 + [1] * 10)

    assert measure_of(2, "squared", rare).clip == pytest.approx(1e-4)
    assert measure_of(2, "squared", np.array([0, 1])).clip == 1e-3


def test_one_confident_miss_costs_at_most_the_clip() -> None:
    measure = measure_of(2, "squared", np.array([0, 1]))

    losses = measure.losses(np.array([0, 0]), np.array([[0.0, 1.0], [1.0, 0.0]]))

    assert losses.tolist() == [-math.log(1e-3), 0.0]


def test_the_constant_of_classes_knows_their_shares() -> None:
    truth = np.array([0, 0, 0, 1])
    measure = measure_of(2, "squared", truth)

    losses = measure.constant_losses(truth, measure.constant(truth))

    assert losses == pytest.approx([-math.log(0.75)] * 3 + [-math.log(0.25)])


@pytest.mark.parametrize(
    ("loss", "best", "losses"),
    [("squared", 3.0, [9.0, 4.0, 25.0]), ("absolute", 1.0, [1.0, 0.0, 7.0])],
)
def test_the_constant_of_numbers_keeps_their_loss_small(
    loss: Loss, best: float, losses: list[float]
) -> None:
    truth: NDArray[np.float64] = np.array([0.0, 1.0, 8.0])
    measure = measure_of(0, loss, truth)

    assert measure.constant(truth) == best
    assert measure.constant_losses(truth, measure.constant(truth)).tolist() == losses
