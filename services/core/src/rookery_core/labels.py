"""The one rule by which probabilities become a label."""

import numpy as np
from numpy.typing import NDArray

TIE = 1e-5
"""Probabilities this close count as equal."""


def predicted_classes(probabilities: NDArray[np.floating]) -> NDArray[np.intp]:
    """For each row of `probabilities` [N, classes], the first class within `TIE` of the largest.

    Exact ties fall alike in scikit-learn and in the exported model, which round differently.
    """
    near = probabilities >= probabilities.max(axis=1, keepdims=True) - TIE
    first: NDArray[np.intp] = np.argmax(near, axis=1)
    return first
