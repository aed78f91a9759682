"""How much each row counts in a fit: its own weight, and that of its class."""

import numpy as np
from numpy.typing import NDArray

from rookery_core.spec.estimators import CLASS_WEIGHT
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.rows import Rows
from rookery_trainer.estimators import ESTIMATORS
from rookery_trainer.model.trial import Configuration


def fitted_weights(
    spec: ModelSpec, rows: Rows, configuration: Configuration
) -> NDArray[np.float64] | None:
    """Returns the weights [N] of rows that are fitted to, whose mean is 1; None: each counts alike.

    Only how they compare matters: parameters such as a penalty see as much data as there are rows.
    """
    weights = rows.weights
    if _balances(spec, configuration):
        weights = _balanced(rows.labels, np.ones(len(rows)) if weights is None else weights)
    return None if weights is None else weights / weights.mean()


def _balances(spec: ModelSpec, configuration: Configuration) -> bool:
    """Tells whether each class counts as much as every other, by weights of its rows."""
    if spec.class_weight is not None:
        return spec.class_weight == "balanced"
    drawn = configuration.parameters.get(CLASS_WEIGHT)
    return drawn == "balanced" and not ESTIMATORS[configuration.estimator].weighs_classes


def _balanced(labels: NDArray[np.intp], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divides each row's weight by what all of its class weigh."""
    balanced: NDArray[np.float64] = weights / np.bincount(labels, weights)[labels]
    return balanced
