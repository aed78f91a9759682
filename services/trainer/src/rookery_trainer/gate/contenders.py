"""The challenger and the champion, as the gate sees them."""

from dataclasses import dataclass

from rookery_trainer.gate.resampled_t_test import Comparison
from rookery_trainer.model.evaluation import HoldoutEvaluation


@dataclass(frozen=True)
class Challenger:
    """The best trial of a sweep, as it would be served."""

    evaluation: HoldoutEvaluation
    cross_validated: float
    """Its configuration's mean balanced accuracy over the sweep's folds."""


@dataclass(frozen=True)
class Champion:
    """The champion, as far as it can be compared."""

    version: str
    """Of the registered model."""
    evaluation: HoldoutEvaluation | None = None
    """None with another contract: today's rows are no input for it."""
    comparison: Comparison | None = None
    """The challenger's configuration against the champion's; None where the champion was trained
    from other data or with another contract."""
