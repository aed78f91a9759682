"""The evaluation of one fitted model on the hold-out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rookery_core.labels import predicted_classes
from rookery_trainer.model.scores import Score, confusion, score


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
    truth: NDArray[np.intp], probabilities: NDArray[np.floating]
) -> HoldoutEvaluation:
    """Evaluates probabilities [N, classes] against class indices `truth` [N], N > 0."""
    counts = confusion(truth, predicted_classes(probabilities), probabilities.shape[1])
    return HoldoutEvaluation(score=score(truth, probabilities), confusion=counts)
