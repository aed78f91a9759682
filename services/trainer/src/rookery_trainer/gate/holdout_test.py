"""The paired test on the hold-out: does the challenger's file lose less there than the champion's?

It decides on the same data above `MANY` rows, where another hundred fits would cost more than the
sweep and the hold-out is large enough to tell.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from rookery_trainer.gate.block_t_test import newey_west_t
from rookery_trainer.gate.judged_rows import JudgedRows
from rookery_trainer.gate.rank_test import BLOCKS
from rookery_trainer.gate.resampled_t_test import Comparison

MANY = 200_000
"""Rows of a table, above which the hold-out decides."""


def paired_test(rows: JudgedRows, gains: NDArray[np.float64]) -> Comparison:
    """Tests, one-sided, whether the mean of the rows' `gains` [N] is above 0.

    Rows of a group are summed, and by time those of a block, as they resemble each other. A row's
    gain counts as much as its weight says. The gains are not kept: they are as many as there are
    rows.
    """
    if rows.weights is not None:
        gains = gains * (rows.weights / rows.weights.mean())
    mean = float(gains.mean())
    if rows.moments is not None:
        order = np.argsort(rows.moments, kind="stable")
        blocks = np.array([block.mean() for block in np.array_split(gains[order], BLOCKS)])
        t, p = newey_west_t(blocks)
        return Comparison((), mean, t, p)
    sums = gains
    if rows.groups is not None:
        _, places = np.unique(rows.groups, return_inverse=True)
        sums = np.bincount(places, weights=gains).astype(np.float64)
    deviation = float(sums.std(ddof=1)) if len(sums) > 1 else 0.0
    if deviation == 0.0:
        return Comparison((), mean, 0.0, 1.0)
    t = float(sums.mean()) / (deviation / math.sqrt(len(sums)))
    return Comparison((), mean, t, float(student.sf(t, len(sums) - 1)))
