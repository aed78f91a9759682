"""Leaks of a target that is a number: columns each of which alone gives it away."""

import numpy as np
from numpy.typing import NDArray

from rookery_ingest.profile.decision import Decision
from rookery_ingest.profile.leaks import LEAST_ROWS, bins

R2 = 0.99
"""Share of the target's variance that one column explains, above which it is named."""
_LEAST_FOR_BOUNDS = 200
_LEAST_OF_VALUE = 5
_MOST_OF_VALUE = 0.8
"""The share of rows that the commonest value may have."""
_MOST_VALUES = 32

Floats = NDArray[np.float64]


def value_leak(decision: Decision, values: Floats, targets: Floats) -> str:
    """Says with which number a column gives the target away; empty if it does not.

    Args:
        values: of each sampled row, a number or the code of a label; NaN where missing.
        targets: of each sampled row, the target; NaN where it has none.
    """
    rows = ~np.isnan(targets)
    values, targets = values[rows], targets[rows]
    if len(targets) < LEAST_ROWS or not targets.std():
        return ""
    is_label = decision.kind == "category"
    n = f"{len(targets):,} rows"
    ranks = np.searchsorted(np.sort(targets), targets).astype(np.float64)
    shares = [_binned(values, each, is_label=is_label) for each in (targets, ranks)]
    if not is_label:
        shares.append(_linear(values, targets))
    if max(shares) > R2:
        return f"it alone explains the target with an R2 of {max(shares):.4f} in {n}"
    if len(targets) >= _LEAST_FOR_BOUNDS and _bounds(values, targets):
        return f"each of its values lies between bounds of the target of its own, in all of {n}"
    return ""


def _linear(values: Floats, targets: Floats) -> float:
    """Returns the R2 of a straight line, where most rows have a value."""
    known = ~np.isnan(values)
    x, y = values[known], targets[known]
    if known.sum() < max(LEAST_ROWS, len(values) / 2) or not x.std() or not y.std():
        return 0.0
    return float(np.corrcoef(x, y)[0, 1] ** 2)


def _binned(values: Floats, targets: Floats, *, is_label: bool) -> float:
    """Returns the R2 of the mean of a value's bin, learned on one half of the rows.

    Each half is judged by what the other one says, so that many labels of few rows explain nothing.
    """
    codes = bins(values, is_label=is_label)
    half = np.random.default_rng(0).random(len(codes)) < 0.5
    told = np.empty(len(codes))
    size = int(codes.max()) + 1
    for learned, judged in ((half, ~half), (~half, half)):
        rows = np.bincount(codes[learned], minlength=size)
        sums = np.bincount(codes[learned], targets[learned], minlength=size)
        mean = float(targets[learned].mean()) if learned.any() else 0.0
        told[judged] = np.where(rows > 0, sums / np.maximum(rows, 1), mean)[codes[judged]]
    return 1 - float(((targets - told) ** 2).sum() / ((targets - targets.mean()) ** 2).sum())


def _bounds(values: Floats, targets: Floats) -> bool:
    """Tells whether each of a few values has an interval of the target that no other one enters."""
    if np.isnan(values).any():
        return False
    distinct, codes, counts = np.unique(values, return_inverse=True, return_counts=True)
    if not 2 <= len(distinct) <= _MOST_VALUES:
        return False
    # A rare value may lie at an end by itself, beside one that nearly all rows have.
    second, largest = np.sort(counts)[-2:]
    if second < _LEAST_OF_VALUE or largest > _MOST_OF_VALUE * len(values):
        return False
    # More numbers than values: else the target is a label of the same kind.
    if len(np.unique(targets)) <= 2 * len(distinct):
        return False
    lows = np.full(len(distinct), np.inf)
    highs = np.full(len(distinct), -np.inf)
    np.minimum.at(lows, codes, targets)
    np.maximum.at(highs, codes, targets)
    order = np.argsort(lows)
    return bool((highs[order][:-1] < lows[order][1:]).all())
