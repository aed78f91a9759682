"""The evaluation of one fitted model on the hold-out, of classes or of values."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from rookery_core.labels import Cut, predicted_classes
from rookery_core.spec.task import Loss
from rookery_trainer.data.rows import Rows
from rookery_trainer.model.scores import Score, confusion, score
from rookery_trainer.model.value_scores import ValueScore, value_losses, value_score


@dataclass(frozen=True)
class HoldoutEvaluation:
    """The scores and confusion table of one fitted model on today's hold-out, as it is served."""

    score: Score
    confusion: NDArray[np.int64]
    """Counts [true class, predicted class]."""

    @property
    def rows(self) -> int:
        """Rows of the hold-out."""
        return int(self.confusion.sum())

    @property
    def misses(self) -> int:
        """Rows with another label than the true one."""
        return self.rows - int(np.diag(self.confusion).sum())


def evaluate_holdout(
    truth: NDArray[np.intp],
    probabilities: NDArray[np.floating],
    weights: NDArray[np.float64] | None = None,
    cut: Cut | None = None,
) -> HoldoutEvaluation:
    """Evaluates probabilities [N, classes] against class indices `truth` [N], N > 0.

    Scores count each row as much as its weight [N] says; the confusion table counts rows. Labels
    are those that the model answers by its cut.
    """
    counts = confusion(truth, predicted_classes(probabilities, cut), probabilities.shape[1])
    return HoldoutEvaluation(score=score(truth, probabilities, weights, cut), confusion=counts)


@dataclass(frozen=True)
class ValueEvaluation:
    """The scores and answers of one fitted model of a number on today's hold-out, as served."""

    score: ValueScore
    truth: NDArray[np.float64]
    """[N]"""
    told: NDArray[np.float64]
    """[N] the model's answers."""

    @property
    def rows(self) -> int:
        """Rows of the hold-out."""
        return len(self.truth)

    def losses(self, loss: Loss) -> NDArray[np.float64]:
        """Returns the loss of each row [N]."""
        return value_losses(loss, self.truth, self.told)


AnyEvaluation: TypeAlias = HoldoutEvaluation | ValueEvaluation


def evaluate_values(
    truth: NDArray[np.float64],
    told: NDArray[np.float64],
    weights: NDArray[np.float64] | None = None,
) -> ValueEvaluation:
    """Evaluates values [N] against the truth [N], N > 0; scores count rows by their weights [N]."""
    return ValueEvaluation(score=value_score(truth, told, weights), truth=truth, told=told)


def evaluate(holdout: Rows, told: NDArray[np.float64], cut: Cut | None = None) -> AnyEvaluation:
    """Evaluates answers to the rows of a hold-out: probabilities [N, classes] or values [N]."""
    if holdout.values is None:
        return evaluate_holdout(holdout.labels, told, holdout.weights, cut)
    return evaluate_values(holdout.values, told, holdout.weights)
