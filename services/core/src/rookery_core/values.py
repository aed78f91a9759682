"""The one rule by which the numbers of a model become the values that are answered.

A model of a number learns the target, or its logarithm, less the mean of that: float32 has seven
digits, and the mean would take them. What was subtracted is added in float64.
"""

import math
import sys

import numpy as np
from numpy.typing import NDArray

from rookery_core.spec.task import Transform

_LARGEST = sys.float_info.max
_LARGEST_LOGARITHM = math.log(sys.float_info.max)


def learned_numbers(values: NDArray[np.float64], transform: Transform) -> NDArray[np.float64]:
    """Returns the numbers [N] that a model of the values [N] learns, before their mean is taken."""
    return np.log(values) if transform == "log" else values


def answered_values(
    numbers: NDArray[np.floating], center: float, transform: Transform
) -> NDArray[np.float64]:
    """Returns the values [N] that a model means by its numbers [N, 1] or [N].

    No logarithm is answered by infinity, however large it is.
    """
    learned: NDArray[np.float64] = numbers.reshape(-1).astype(np.float64) + center
    if transform == "none":
        return learned
    values: NDArray[np.float64] = np.exp(np.minimum(learned, _LARGEST_LOGARITHM))
    return values


def value_intervals(
    values: NDArray[np.float64], low: float, high: float, transform: Transform
) -> NDArray[np.float64]:
    """Returns the interval [N, 2] round each of the values [N]: the value is within it.

    Args:
        low: the smallest residual of what a model learns, the value or its logarithm; at most 0.
        high: the largest one, at least 0.
    """
    with np.errstate(over="ignore"):
        if transform == "log":
            ends = values[:, None] * np.exp([low, high])
        else:
            ends = values[:, None] + np.array([low, high])
    within: NDArray[np.float64] = np.clip(ends, -_LARGEST, _LARGEST)
    return within
