"""Residuals out of fold, by which an interval is answered beside a number.

Answers out of fold are of models that had a fifth of the rows less than the one that is served, and
the residuals of all rows are taken for those of each. So nothing is guaranteed; how many truths of
the hold-out lie within is a metric of every model.
"""

import numpy as np
from numpy.typing import NDArray

from rookery_core.manifest import Residuals
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.target_keys import ABOVE_ZERO
from rookery_core.spec.task import Transform
from rookery_core.values import learned_numbers, value_intervals
from rookery_trainer.data.rows import Rows
from rookery_trainer.model.out_of_fold import OutOfFold

COVERAGE, WIDTH = "interval_coverage", "interval_width"


def find_residuals(spec: ModelSpec, rows: Rows, told: OutOfFold) -> Residuals | None:
    """Finds the residuals between which the share of the spec's interval lies, as much on each end.

    Each row counts as much as its weight says. By time the later half of the folds counts alone:
    what lies ahead resembles it most. None where the spec has no interval.

    Args:
        rows: the training rows that were answered.
    """
    if spec.interval is None or rows.values is None:
        return None
    counted = told.tested
    if rows.moments is not None:
        counted &= told.fold >= (told.fold.max() + 1) / 2
    found = _residuals(rows.values[counted], told.answers[counted], spec.transform)
    weights = None if rows.weights is None else rows.weights[counted]
    share = (1 + spec.interval) / 2
    return Residuals(low=-_reach(-found, weights, share), high=_reach(found, weights, share))


def _reach(
    residuals: NDArray[np.float64], weights: NDArray[np.float64] | None, share: float
) -> float:
    """Returns the least residual that the share of them does not exceed, at least 0.

    One more row is thought among them: the one that will be answered. The answer itself is always
    within, however one-sided its errors are.
    """
    level = min(1.0, share * (len(residuals) + 1) / len(residuals))
    found = np.quantile(residuals, level, weights=weights, method="inverted_cdf")
    return max(0.0, float(found))


def _residuals(
    truth: NDArray[np.float64], told: NDArray[np.float64], transform: Transform
) -> NDArray[np.float64]:
    if transform == "log":
        told = np.maximum(told, ABOVE_ZERO)
    residuals: NDArray[np.float64] = learned_numbers(truth, transform) - learned_numbers(
        told, transform
    )
    return residuals


def interval_worth(
    residuals: Residuals | None, holdout: Rows, told: NDArray[np.float64], transform: Transform
) -> dict[str, float]:
    """Measures by name the intervals of the answers [N] to the hold-out.

    That is the share of truths that lie within, and the mean width, in the unit of the target. Each
    row counts as much as its weight says. Nothing where no intervals are answered.
    """
    if residuals is None or holdout.values is None:
        return {}
    ends = value_intervals(told, residuals.low, residuals.high, transform)
    within = (ends[:, 0] <= holdout.values) & (holdout.values <= ends[:, 1])
    return {
        COVERAGE: float(np.average(within, weights=holdout.weights)),
        WIDTH: float(np.average(ends[:, 1] - ends[:, 0], weights=holdout.weights)),
    }
