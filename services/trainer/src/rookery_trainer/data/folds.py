"""Folds: into how many parts the training rows are divided, and how many rows that takes."""

from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.estimators import ESTIMATORS

COMPARISON_FOLDS = 5
"""Folds of the comparison with the champion, whatever the spec's own number."""


def least_class_rows(spec: ModelSpec) -> int:
    """Counts the training rows that each class needs, so that every fold of every use holds it.

    The uses are the trial's folds, the folds of the comparison with the champion, and the
    estimator's own folds within either.
    """
    return max(spec.folds, COMPARISON_FOLDS, 2 * ESTIMATORS[spec.estimator].folds_within)
