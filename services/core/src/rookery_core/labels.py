"""The one rule by which probabilities become a label."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

TIE = 1e-5
"""Probabilities this close count as equal."""


def predicted_classes(probabilities: NDArray[np.floating]) -> NDArray[np.intp]:
    """Returns the first class within `TIE` of the largest, for each row of [N, classes].

    Exact ties fall alike in scikit-learn and in the exported model, which round differently.
    """
    exact = probabilities.astype(np.float64, copy=False)
    near = exact >= exact.max(axis=1, keepdims=True) - TIE
    first: NDArray[np.intp] = np.argmax(near, axis=1)
    return first


def predicted_class(probabilities: Sequence[float]) -> int:
    """Returns the same for one row, without the microseconds that an array costs."""
    least = max(probabilities) - TIE
    return next(index for index, value in enumerate(probabilities) if value >= least)
