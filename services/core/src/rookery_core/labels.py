"""The one rule by which probabilities become a label."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TIE = 1e-5
"""Probabilities this close count as equal."""


@dataclass(frozen=True)
class Cut:
    """Where two classes are divided: the positive one is answered from a threshold on."""

    positive: int
    """The index of the positive class."""
    threshold: float
    """Its probability from which a row is answered as positive, less `TIE`."""

    @property
    def least(self) -> float:
        """Returns the smallest probability that is answered as positive.

        It lies below the threshold, so that a probability that equals it counts as one whichever
        way it was rounded.
        """
        return self.threshold - TIE


def predicted_classes(
    probabilities: NDArray[np.floating], cut: Cut | None = None
) -> NDArray[np.intp]:
    """Returns the class of each row of [N, classes], by its cut where the model has one.

    Without a cut it is the first class within `TIE` of the largest. Exact ties fall alike in
    scikit-learn and in the exported model, which round differently.
    """
    exact = probabilities.astype(np.float64, copy=False)
    if cut is not None:
        is_positive = exact[:, cut.positive] >= cut.least
        return np.where(is_positive, cut.positive, 1 - cut.positive).astype(np.intp)
    near = exact >= exact.max(axis=1, keepdims=True) - TIE
    first: NDArray[np.intp] = np.argmax(near, axis=1)
    return first


def predicted_class(probabilities: Sequence[float], cut: Cut | None = None) -> int:
    """Returns the same for one row, without the microseconds that an array costs."""
    if cut is not None:
        is_positive = probabilities[cut.positive] >= cut.least
        return cut.positive if is_positive else 1 - cut.positive
    least = max(probabilities) - TIE
    return next(index for index, value in enumerate(probabilities) if value >= least)
