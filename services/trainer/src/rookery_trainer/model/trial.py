"""A trial: one configuration of a sweep and its cross-validated scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rookery_core.spec.distributions import ParameterValue
from rookery_core.spec.estimators import EstimatorName
from rookery_trainer.model.scores import Scores

Parameters = Mapping[str, ParameterValue]
"""Estimator parameters by name, all plain JSON values."""


@dataclass(frozen=True)
class Configuration:
    """What is tried and compared: an estimator and its parameters, not a fitted model."""

    estimator: EstimatorName
    parameters: Parameters


@dataclass(frozen=True)
class Trial:
    """A finished trial."""

    index: int
    """Its place in the sweep, 0 to `trials - 1`."""
    configuration: Configuration
    run_id: str
    """Its MLflow run."""
    scores: Scores


def best_trial(trials: Sequence[Trial]) -> Trial:
    """Finds the trial with the lowest mean cross-validated log loss.

    Ties go to fewer errors (higher mean accuracy), then to the smaller index. The order of
    `trials` does not matter; there must be at least one.
    """
    return min(
        trials,
        key=lambda trial: (trial.scores.log_loss.mean, -trial.scores.accuracy.mean, trial.index),
    )
