"""What is known of challenger and champions, on which the gate's second version decides."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rookery_core.labels import Cut, predicted_classes
from rookery_trainer.gate.judged_rows import JudgedRows
from rookery_trainer.gate.rank_test import rank_p
from rookery_trainer.gate.skill import Measure
from rookery_trainer.model.scores import confusion, summed

LEVEL = 0.025
"""Of each of the two rank tests."""
LARGE_ERROR = 0.9
"""The quantile of absolute errors that is compared."""


@dataclass(frozen=True)
class Learned:
    """What a challenger has learned, compared with the constant."""

    cross_validated_skill: float
    """Loss of the constant of each fold's training rows less the challenger's, per row that a fold
    tests."""
    out_of_fold_p: float
    """How likely its answers out of fold follow the truth so well by luck."""
    holdout_p: float
    """The same of the hold-out; 1 by time, where one stretch of rows fits a model by luck in one
    table of fourteen."""
    trials: int
    """From so many configurations it was chosen by those folds."""
    rejected: int
    """So many earlier sweeps were rejected as first champions."""

    @property
    def allowance(self) -> float:
        """By what both levels are divided, so that all sweeps of a year share them."""
        return float((self.rejected + 1) ** 2)

    @property
    def p(self) -> float:
        """The smaller p, both counted with all that was tried: below `LEVEL` is enough."""
        return min(self.out_of_fold_p * self.trials, self.holdout_p) * self.allowance


def learned(
    measure: Measure,
    training: JudgedRows,
    out_of_fold: NDArray[np.float64],
    holdout: JudgedRows,
    told: NDArray[np.float64],
    *,
    trials: int,
    rejected: int,
) -> Learned:
    """Finds out what a challenger has learned.

    Args:
        training: the training rows that a fold tests, each fold a stratum.
        out_of_fold: the answers to them.
        holdout: the hold-out, as one stratum.
        told: the answers to it.
    """
    allowance = (rejected + 1) ** 2
    skill = _fold_constants(measure, training) - measure.losses(training.truth, out_of_fold)
    return Learned(
        cross_validated_skill=float(np.average(skill, weights=training.weights)),
        out_of_fold_p=rank_p(training, out_of_fold, shared=True, level=LEVEL / trials / allowance),
        holdout_p=1.0
        if holdout.moments is not None and np.isfinite(told).all()
        else rank_p(holdout, told, level=LEVEL / allowance),
        trials=trials,
        rejected=rejected,
    )


def _fold_constants(measure: Measure, rows: JudgedRows) -> NDArray[np.float64]:
    """Returns what the constant of all rows that a fold does not test loses on those it tests."""
    losses = np.empty(len(rows))
    for fold in np.unique(rows.strata):
        tested = rows.strata == fold
        weights = None if rows.weights is None else rows.weights[~tested]
        constant = measure.constant(rows.truth[~tested], weights)
        losses[tested] = measure.constant_losses(rows.truth[tested], constant)
    return losses


@dataclass(frozen=True)
class WeightedRows:
    """Weights of rows, added up by what they are and what they are called."""

    confusion: NDArray[np.float64]
    """[true class, predicted class]."""
    row: float
    """The mean weight of a row that is drawn by weight: what one more wrong row costs, where the
    heavy ones are as often wrong as they count."""


@dataclass(frozen=True)
class Performance:
    """How one model does on rows that both models of a pair may be judged by."""

    rows: int
    skill: float
    """Loss of the constant less the model's, per row."""
    confusion: NDArray[np.int64] | None
    """Counts [true class, predicted class]; None of numbers."""
    large_error: float
    """Of numbers the 90 % quantile of the absolute error; 0 of classes."""
    weighted: WeightedRows | None = None
    """The confusion with each row counted by its weight; None where rows have none."""

    @property
    def told(self) -> NDArray[np.int64] | NDArray[np.float64]:
        """Sums [true class, predicted class] by which labels are worth something."""
        assert self.confusion is not None
        return self.confusion if self.weighted is None else self.weighted.confusion

    @property
    def row(self) -> float:
        """What one row counts in them, or may count."""
        return 1.0 if self.weighted is None else self.weighted.row

    @property
    def misses(self) -> int:
        """Rows with another label than the true one."""
        assert self.confusion is not None
        return self.rows - int(np.diag(self.confusion).sum())


def performance_of(
    measure: Measure,
    truth: NDArray[np.generic],
    told: NDArray[np.float64],
    constant: NDArray[np.float64],
    weights: NDArray[np.float64] | None = None,
    *,
    cut: Cut | None = None,
) -> Performance:
    """Judges answers by the truth, beside the answer that knows today's training rows alone.

    Skill, and what labels are worth by a decision, count each row as much as its weight [N] says;
    misses, recalls and the quantile of errors count rows, as their limits do.

    Args:
        cut: by which the model answers labels.
    """
    losses = measure.losses(truth, told)
    weighted = None
    if measure.classes and weights is not None:
        labels = predicted_classes(told, cut)
        weighted = WeightedRows(
            summed(truth.astype(np.intp), labels, measure.classes, weights).astype(np.float64),
            float(np.average(weights, weights=weights)),
        )
    return Performance(
        rows=len(truth),
        skill=float(np.average(measure.constant_losses(truth, constant) - losses, weights=weights)),
        confusion=confusion(truth.astype(np.intp), predicted_classes(told, cut), measure.classes)
        if measure.classes
        else None,
        large_error=0.0
        if measure.classes
        else float(np.quantile(np.abs(told - truth.astype(np.float64)), LARGE_ERROR)),
        weighted=weighted,
    )


@dataclass(frozen=True)
class Pair:
    """A challenger and one champion on the same rows, which neither has seen."""

    version: str
    challenger: Performance
    champion: Performance
