"""The t-test over blocks of time: is one configuration's log loss truly lower than another's?

Each block is tested by fits that saw only what came before it, so blocks share no test rows.
Neighbours resemble each other; the variance of the mean takes that in with one lag (Newey and West,
A Simple, Positive Semi-definite, Heteroskedasticity and Autocorrelation Consistent Covariance
Matrix, Econometrica 55, 1987).
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student


def newey_west_t(gains: NDArray[np.float64]) -> tuple[float, float]:
    """Returns t and its one-sided p for the mean of the blocks' `gains` [B], in the order of time.

    Without any variance, or of fewer than two blocks, there is no evidence: p is 1. A NaN gain
    makes both NaN.
    """
    if len(gains) < 2:
        return 0.0, 1.0
    deviations = gains - gains.mean()
    own = float(deviations @ deviations)
    neighbours = float(deviations[1:] @ deviations[:-1])
    # Bartlett's weight of the first of one lags is a half, and each lag counts twice.
    variance = (own + neighbours) / (len(gains) - 1) / len(gains)
    if variance <= 0.0:
        return 0.0, 1.0
    t = float(gains.mean()) / math.sqrt(variance)
    return t, float(student.sf(t, len(gains) - 1))
