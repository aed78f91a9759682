"""The choice of a threshold, by out-of-fold answers alone.

Where probabilities are right, what is best follows from the costs. Another threshold is taken only
where it is better on rows that did not choose it: the lowest cost among many thresholds is partly
luck, and of a small table mostly. Of F1 nothing is known beforehand, and the best one is taken.
"""

import math

import numpy as np
from numpy.typing import NDArray

from rookery_core.labels import TIE, Cut
from rookery_core.manifest import MAX_THRESHOLD, Threshold
from rookery_trainer.model.label_worth import AT_ARGMAX, Aim, Counts, label_worth
from rookery_trainer.model.out_of_fold import OutOfFold

MIDDLE = 0.5
"""Of equally good thresholds the nearest to it is taken where nothing better is known."""
CLEARING = 1e-4
"""How far a threshold is moved, at most, out of the way of rows that lie upon it."""
STEP = 1e-9
"""How far above such a row it comes to lie."""


def choose_threshold(
    aim: Aim,
    classes: tuple[str, ...],
    truth: NDArray[np.intp],
    told: OutOfFold,
    weights: NDArray[np.float64] | None = None,
) -> Threshold:
    """Chooses the threshold by the answers [N, 2] to rows of class indices `truth` [N].

    It is the aim's own start where it has one; or the best one of all rows, where thresholds that
    were chosen by the other folds are better on each fold, on average by more than the standard
    error. Each row counts as much as its weight [N] says.
    """
    rows = np.flatnonzero(told.tested)
    truth, answers, folds = truth[rows], told.answers[rows], told.fold[rows]
    is_positive, probable = truth == aim.positive, answers[:, aim.positive]
    counted = np.ones(len(rows)) if weights is None else weights[rows]
    start = aim.start(float(np.average(is_positive, weights=counted)))
    if start is None:
        value = best_threshold(aim, is_positive, probable, counted, MIDDLE)
    elif _gains(aim, is_positive, probable, counted, folds=folds, start=start):
        value = best_threshold(aim, is_positive, probable, counted, start)
    else:
        value = start
    worth = label_worth(aim, truth, answers, Cut(aim.positive, value), counted)
    return Threshold(
        value=value,
        decision=aim.decision,
        positive=classes[aim.positive],
        out_of_fold=worth[aim.name],
        out_of_fold_at_argmax=worth[f"{aim.name}{AT_ARGMAX}"],
    )


def best_threshold(
    aim: Aim,
    is_positive: NDArray[np.bool_],
    probable: NDArray[np.float64],
    weights: NDArray[np.float64],
    start: float,
) -> float:
    """Returns the threshold of the best figure; of equal ones the nearest to `start`.

    It lies between two answers, or between the last of them and 0 or 1.
    """
    values = np.unique(probable)
    never = (values[-1] + 1) / 2 if values[-1] < 1 - 4 * TIE else MAX_THRESHOLD
    between = (values[:-1] + values[1:]) / 2
    thresholds = np.concatenate([[start, values[0] / 2], between, [never]])
    figures = aim.figures(_counts(is_positive, probable, weights, thresholds))
    best = figures.min() if aim.lower_is_better else figures.max()
    equal = thresholds[np.isclose(figures, best, rtol=1e-12, atol=0)]
    return float(equal[np.argmin(np.abs(equal - start))])


def _gains(
    aim: Aim,
    is_positive: NDArray[np.bool_],
    probable: NDArray[np.float64],
    weights: NDArray[np.float64],
    *,
    folds: NDArray[np.intp],
    start: float,
) -> bool:
    """Tells whether thresholds chosen by other folds are better than `start`."""
    numbers = np.unique(folds)
    if len(numbers) < 2:
        return False
    gains = []
    for number in numbers:
        tested = folds == number
        chosen = best_threshold(
            aim, is_positive[~tested], probable[~tested], weights[~tested], start
        )
        both = np.array([chosen, start])
        counts = _counts(is_positive[tested], probable[tested], weights[tested], both)
        # A cost grows with the rows, and folds are not equally large.
        rows = weights[tested].sum() if aim.lower_is_better else 1
        mine, its = aim.figures(counts) / rows
        gains.append(float(aim.gains(mine, its)))
    error = float(np.std(gains, ddof=1)) / math.sqrt(len(gains))
    return float(np.mean(gains)) > error


def _counts(
    is_positive: NDArray[np.bool_],
    probable: NDArray[np.float64],
    weights: NDArray[np.float64],
    thresholds: NDArray[np.float64],
) -> Counts:
    """Adds up [thresholds, 4] the weights of what is answered from each threshold on."""
    order = np.argsort(probable, kind="stable")
    first = np.searchsorted(probable[order], thresholds - TIE, side="left")
    is_positive, weights = is_positive[order], weights[order]
    # Weights of positive rows, and of the others, below each place.
    below, below_others = (
        np.concatenate([[0.0], np.cumsum(np.where(counted, weights, 0.0))])
        for counted in (is_positive, ~is_positive)
    )
    hits, false_positives = below[-1] - below[first], below_others[-1] - below_others[first]
    return np.stack([hits, false_positives, below[first], below_others[first]], axis=-1)


def cleared(
    threshold: Threshold, one: NDArray[np.float64], other: NDArray[np.float64]
) -> Threshold:
    """Moves the threshold up to where no row is answered otherwise by two forms of one model.

    Args:
        one: the positive class's probabilities [N] by the first form.
        other: the same by the second; they differ in the last digits of float32.
    """
    low, high = np.minimum(one, other), np.maximum(one, other)
    value = threshold.value
    while value <= threshold.value + CLEARING:
        least = Cut(0, value).least
        apart = (low < least) & (least <= high)
        if not apart.any():
            return threshold.model_copy(update={"value": value})
        value = float(high[apart].max()) + TIE + STEP
    return threshold
