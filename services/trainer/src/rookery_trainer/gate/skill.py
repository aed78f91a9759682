"""Skill: how much less a model loses than the constant that knows the training rows' truth alone.

The constant of classes answers their shares, that of numbers their mean, or their median where
absolute errors are kept small. All margins of the gate are shares of what the constant loses, or of
a champion's skill: so they mean the same for a rare class, for many classes and in any unit.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.task import Loss
from rookery_trainer.data.rows import Rows
from rookery_trainer.gate.judged_rows import truth_of
from rookery_trainer.model.scores import CLIP
from rookery_trainer.model.value_scores import value_losses


@dataclass(frozen=True)
class Measure:
    """How the answers of models for one target are measured."""

    classes: int
    """0 where the target is a number."""
    loss: Loss
    """Of numbers."""
    clip: float
    """The smallest probability that log loss sees."""

    def losses(self, truth: NDArray[np.generic], told: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns the loss of each row [N] of answers [N, classes], or [N] of numbers."""
        if not self.classes:
            return value_losses(self.loss, truth.astype(np.float64), told)
        probable = told[np.arange(len(truth)), truth.astype(np.intp)]
        found: NDArray[np.float64] = -np.log(np.clip(probable, self.clip, 1.0))
        return found

    def constant(
        self, truth: NDArray[np.generic], weights: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Returns the answer [classes], or [] of numbers, that loses least on rows of `truth`.

        Each row counts as much as its weight [N] says, or all alike.
        """
        if self.classes:
            members = np.bincount(truth.astype(np.intp), weights, self.classes)
            shares: NDArray[np.float64] = members / members.sum()
            return shares
        numbers = truth.astype(np.float64)
        if self.loss == "squared":
            return np.asarray(np.average(numbers, weights=weights), dtype=np.float64)
        return np.asarray(_median(numbers, weights), dtype=np.float64)

    def constant_losses(
        self, truth: NDArray[np.generic], constant: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Returns what that answer loses on each row of `truth` [N]."""
        told = np.broadcast_to(constant, (len(truth), *constant.shape))
        return self.losses(truth, told)


def _median(numbers: NDArray[np.float64], weights: NDArray[np.float64] | None) -> np.float64:
    if weights is None:
        return np.median(numbers)
    quantile: np.float64 = np.quantile(numbers, 0.5, weights=weights, method="inverted_cdf")
    return quantile


def measure_of(classes: int, loss: Loss, training_truth: NDArray[np.generic]) -> Measure:
    """Makes the measure for a target, given the truth of the training rows.

    One confident miss must not outweigh all the rest, and a model must be able to say that a rare
    class is improbable: the clip is a tenth of the rarest class's share, at most `CLIP`.
    """
    if not classes:
        return Measure(0, loss, 0.0)
    members = np.bincount(training_truth.astype(np.intp), minlength=classes)
    rarest = float(members[members > 0].min()) / len(training_truth)
    return Measure(classes, loss, min(CLIP, rarest / 10))


def measure_for(spec: ModelSpec, training: Rows) -> Measure:
    """Makes the measure of a spec's models; that of a first version does not know the rows."""
    if spec.spec == 1:
        return Measure(len(spec.classes), "squared", CLIP)
    return measure_of(len(spec.classes), spec.loss, truth_of(training))
