"""Scores of predicted values against the truth, where the target is a number.

All are of the values themselves, on the target's own scale, whatever an estimator was fitted to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from rookery_core.spec.task import METRICS, Loss
from rookery_trainer.model.scores import Estimate, Scores, estimate

VALUE_METRICS = METRICS["regression"]


@dataclass(frozen=True)
class ValueScore:
    """How well values match the truth on one set of rows."""

    rmse: float
    """Root of the mean squared error, in the target's unit."""
    mae: float
    """Mean absolute error, in the target's unit."""
    r2: float
    """Share of the rows' variance that the values explain."""

    @property
    def figures(self) -> Mapping[str, float]:
        """Each metric by its name."""
        return {name: getattr(self, name) for name in VALUE_METRICS}


@dataclass(frozen=True)
class ValueScores:
    """A configuration's cross-validated scores."""

    rmse: Estimate
    mae: Estimate
    r2: Estimate

    @property
    def estimates(self) -> Mapping[str, Estimate]:
        """Each metric by its name."""
        return {name: getattr(self, name) for name in VALUE_METRICS}

    @property
    def finite(self) -> bool:
        """Whether no metric is NaN or infinite."""
        return bool(np.isfinite([(e.mean, e.deviation) for e in self.estimates.values()]).all())


AnyScores: TypeAlias = Scores | ValueScores
"""A configuration's cross-validated scores, of classes or of values."""


def value_losses(
    loss: Loss, truth: NDArray[np.float64], told: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Returns the loss of each row [N]: its squared or its absolute error."""
    errors: NDArray[np.float64] = np.abs(told - truth)
    return errors**2 if loss == "squared" else errors


def value_score(
    truth: NDArray[np.float64],
    told: NDArray[np.float64],
    weights: NDArray[np.float64] | None = None,
) -> ValueScore:
    """Scores the values `told` [N] for `truth` [N], N > 0.

    Each row counts as much as its weight [N] says, or all alike.

    Where all of the truth is one number there is no variance to explain: R2 is then 0, or 1 where
    every value is right, as scikit-learn has it.
    """
    squared = value_losses("squared", truth, told)
    error = float(np.average(squared, weights=weights))
    if np.ptp(truth) == 0:
        r2 = float(not squared.any())
    else:
        around = (truth - np.average(truth, weights=weights)) ** 2
        r2 = 1 - error / float(np.average(around, weights=weights))
    return ValueScore(
        rmse=float(np.sqrt(error)),
        mae=float(np.average(value_losses("absolute", truth, told), weights=weights)),
        r2=r2,
    )


def values_over_folds(folds: Sequence[ValueScore]) -> ValueScores:
    """Takes mean and deviation of each figure over the folds."""
    return ValueScores(
        **{name: estimate([fold.figures[name] for fold in folds]) for name in VALUE_METRICS}
    )
