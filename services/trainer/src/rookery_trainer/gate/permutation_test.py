"""The permutation test: is a model better on the hold-out than chance?"""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import random_table

from rookery_trainer.model.scores import balanced_accuracy

DRAWS = 9_999


def chance_level(confusion: NDArray[np.int64]) -> float:
    """Returns the mean balanced accuracy of guessing: one over the classes that have a row."""
    return float(1 / (confusion.sum(axis=1) > 0).sum())


def permutation_p(confusion: NDArray[np.int64], seed: int) -> float:
    """Returns how likely so high a balanced accuracy is when labels have no relation to rows.

    The confusion tables of shuffled labels are those with the same margins, so tables are drawn
    instead of shuffling rows: the cost does not grow with the hold-out. Never 0: the table itself
    counts as one of `DRAWS` + 1.
    """
    rows, columns = confusion.sum(axis=1), confusion.sum(axis=0)
    tables = random_table(rows, columns, seed=seed).rvs(DRAWS)
    present = rows > 0
    recalls = np.diagonal(tables, axis1=1, axis2=2)[:, present] / rows[present]
    # With the tolerance, sums that differ only by rounding count as equally high.
    as_high = recalls.mean(axis=1) >= balanced_accuracy(confusion) - 1e-12
    return float((as_high.sum() + 1) / (DRAWS + 1))
