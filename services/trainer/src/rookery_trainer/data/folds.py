"""Folds: into how many parts the training rows are divided, and how many rows that takes."""

from rookery_core.spec import ModelSpec

COMPARISON_FOLDS = 5
"""Folds of the comparison with the champion, whatever the spec's own number."""
CALIBRATION_FOLDS = 3
"""Folds within the training rows from which a calibrated SVC learns its probabilities."""


def least_class_rows(spec: ModelSpec) -> int:
    """Counts the training rows that each class needs, so that every fold of every use holds it.

    The uses are the trial's folds, the folds of the comparison with the champion, and the
    calibration folds within either.
    """
    within = 2 * CALIBRATION_FOLDS if spec.estimator == "calibrated_svc" else 0
    return max(spec.folds, COMPARISON_FOLDS, within)
