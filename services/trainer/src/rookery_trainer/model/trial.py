"""A trial: one configuration of a sweep and its cross-validated scores."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rookery_core.spec.distributions import ParameterValue
from rookery_core.spec.estimators import EstimatorName
from rookery_core.spec.task import LOWER_IS_BETTER, MetricName
from rookery_trainer.model.scores import Scores
from rookery_trainer.model.value_scores import AnyScores

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
    scores: AnyScores


def ranked(trials: Iterable[Trial], by: MetricName = "log_loss") -> list[Trial]:
    """Orders the trials by the cross-validated mean of the metric `by`, the best one first.

    Ties go to fewer errors (higher mean accuracy, or of values a lower mean absolute error), then
    to the smaller index. A mean that is not a number loses. The order of `trials` does not matter.
    """
    return sorted(trials, key=lambda trial: (*_rank(trial.scores, by), trial.index))


def best_trial(trials: Sequence[Trial], by: MetricName = "log_loss") -> Trial:
    """Finds the first of the ranked trials; there must be at least one."""
    return ranked(trials, by)[0]


def _rank(scores: AnyScores, by: MetricName) -> tuple[float, float]:
    mean = scores.estimates[by].mean
    loss = mean if by in LOWER_IS_BETTER else -mean
    errors = -scores.accuracy.mean if isinstance(scores, Scores) else scores.mae.mean
    return math.inf if math.isnan(loss) else loss, errors
