"""Leaks: columns each of which alone gives the target away."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rookery_ingest.profile.decision import Decision, in_quotes

LEAST_ROWS = 30
"""Rows with a known target below which nothing is named."""
LEAST_OF_CLASS = 5
AUC = 0.99
"""Area under the ROC curve of one column above which it is named."""
_BINS = 32
_LEAST_FOR_THRESHOLD = 200

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


def leak(
    decision: Decision, values: Floats, classes: Codes, numbers: Mapping[int, float] | None = None
) -> str:
    """Says with which number a column gives the target away; empty if it does not.

    Args:
        values: of each sampled row, a number or the code of a label; NaN where missing.
        classes: of each sampled row, the class; -1 where it has none.
        numbers: the number that each class is, if classes are numbers.
    """
    rows = classes >= 0
    values, classes = values[rows], classes[rows]
    counts = np.bincount(classes) if len(classes) else np.zeros(1, np.int64)
    judged = np.flatnonzero(counts >= LEAST_OF_CLASS)
    known = ~np.isnan(values)
    if len(classes) < LEAST_ROWS or len(judged) < 2:
        return ""
    n = f"{len(classes):,} rows"
    if known.sum() >= LEAST_ROWS and _one_to_one(values[known], classes[known]):
        return f"each of its values goes with one class alone in {n}"
    areas = [
        max(
            _rank_area(values, classes == one) if decision.kind != "category" else 0.0,
            _bin_area(values, classes == one, is_label=decision.kind == "category"),
        )
        for one in judged
    ]
    if min(areas) > AUC:
        return f"it alone tells the classes apart with an AUC of {min(areas):.4f} in {n}"
    if numbers and len(classes) >= _LEAST_FOR_THRESHOLD and known.all():
        bound = _threshold(values, np.array([numbers[int(one)] for one in classes]))
        if bound is not None:
            return f"it says whether the target is above {bound:g}, in all of {n}"
    return ""


def as_leak(decision: Decision, target: str, number: str) -> Decision:
    """Makes the decision to leave a column out for what it gives away."""
    return Decision(decision.header, "leak", "", f"likely a leak of {in_quotes(target)}: {number}")


def _one_to_one(values: Floats, classes: Codes) -> bool:
    distinct, codes = np.unique(values, return_inverse=True)
    if len(distinct) != len(np.unique(classes)) or len(distinct) < 2:
        return False
    return len(np.unique(np.stack((codes, classes)), axis=1)[0]) == len(distinct)


def _rank_area(values: Floats, is_class: NDArray[np.bool_]) -> float:
    """Returns the area of the numbers as a score, up or down, missing ones on either end."""
    best = 0.0
    for missing in (-np.inf, np.inf):
        area = _area(np.where(np.isnan(values), missing, values), is_class)
        best = max(best, area, 1 - area)
    return best


def _bin_area(values: Floats, is_class: NDArray[np.bool_], *, is_label: bool) -> float:
    """Returns the area of the class's share in a value's bin, learned on one half of the rows.

    Each half is judged by what the other one says, so that many labels of few rows predict nothing.
    """
    codes = bins(values, is_label=is_label)
    half = np.random.default_rng(0).random(len(codes)) < 0.5
    scores = np.empty(len(codes))
    for learned, judged in ((half, ~half), (~half, half)):
        size = int(codes.max()) + 1
        rows = np.bincount(codes[learned], minlength=size)
        hits = np.bincount(codes[learned], is_class[learned], minlength=size)
        share = float(is_class[learned].mean()) if learned.any() else 0.5
        scores[judged] = ((hits + share) / (rows + 1))[codes[judged]]
    return _area(scores, is_class)


def bins(values: Floats, *, is_label: bool) -> Codes:
    """Returns the bin of each value: 0 where missing, one a label, and quantiles of numbers."""
    missing = np.isnan(values)
    known = values[~missing]
    codes = np.zeros(len(values), np.int64)
    distinct = np.unique(known)
    if not is_label and len(distinct) > _BINS:
        edges = np.unique(np.quantile(known, np.linspace(0, 1, _BINS + 1)[1:-1]))
        codes[~missing] = 1 + np.searchsorted(edges, known)
    else:
        codes[~missing] = 1 + np.searchsorted(distinct, known)
    return codes


def _area(scores: Floats, is_class: NDArray[np.bool_]) -> float:
    """Returns the area under the ROC curve (Mann and Whitney 1947); equal scores count half."""
    _, codes, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[codes]
    positive = int(is_class.sum())
    negative = len(is_class) - positive
    if not positive or not negative:
        return 0.5
    above = float(ranks[is_class].sum()) - positive * (positive + 1) / 2
    return above / (positive * negative)


def _threshold(values: Floats, numbers: Floats) -> float | None:
    """Returns the bound above which the numbers have the one of two values; None if none is."""
    distinct = np.unique(values)
    if len(distinct) != 2 or len(np.unique(numbers)) < 3:
        return None
    low, high = numbers[values == distinct[0]], numbers[values == distinct[1]]
    if low.max() < high.min():
        return float(low.max())
    return float(high.max()) if high.max() < low.min() else None
