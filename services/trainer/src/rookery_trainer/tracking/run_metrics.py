"""Cross-validated scores as the metrics of a run, and back."""

import math
import re
from collections.abc import Mapping, Sequence

from rookery_trainer.model.scores import METRICS, RANK_METRICS, Estimate, Scores
from rookery_trainer.model.value_scores import VALUE_METRICS, AnyScores, ValueScores

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


def metrics_of(scores: AnyScores, classes: Sequence[str]) -> dict[str, float]:
    """Makes two metrics of each estimate: `cv_NAME`, the mean, and `cv_NAME_std`, the deviation."""
    estimates = dict(scores.estimates)
    if isinstance(scores, Scores):
        estimates |= dict(zip(_recalls(classes), scores.recalls, strict=True))
    return {
        metric: value
        for name, estimate in estimates.items()
        for metric, value in (
            (f"cv_{name}", estimate.mean),
            (f"cv_{name}_std", estimate.deviation),
        )
    }


def scores_of(metrics: Mapping[str, float], classes: Sequence[str]) -> AnyScores:
    """Reads back the scores that `metrics_of` wrote, to the last bit; without classes, of values.

    A run of the first release has no order: it is not a number.

    Raises:
        KeyError: for another metric that is missing.
    """

    def estimate(name: str) -> Estimate:
        if name in RANK_METRICS and f"cv_{name}" not in metrics:
            return Estimate(math.nan, math.nan)
        return Estimate(mean=metrics[f"cv_{name}"], deviation=metrics[f"cv_{name}_std"])

    if not classes:
        return ValueScores(**{name: estimate(name) for name in VALUE_METRICS})
    return Scores(
        recalls=tuple(estimate(name) for name in _recalls(classes)),
        **{name: estimate(name) for name in METRICS},
    )


def _recalls(classes: Sequence[str]) -> list[str]:
    """Names them `recall_LABEL`, or `recall:POSITION` where MLflow refuses the label in a name."""
    return [
        f"recall_{label}" if _PLAIN.fullmatch(label) else f"recall:{position}"
        for position, label in enumerate(classes)
    ]
