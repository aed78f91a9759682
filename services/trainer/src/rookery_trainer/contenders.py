"""The challenger and the champion, as the gate sees them."""

from dataclasses import dataclass

from rookery_trainer.comparison import Comparison
from rookery_trainer.model.evaluation import HoldoutEvaluation


@dataclass(frozen=True)
class Challenger:
    """The sweep's winner."""

    evaluation: HoldoutEvaluation
    cross_validated: float
    """Its configuration's mean balanced accuracy over the sweep's folds."""


@dataclass(frozen=True)
class Opponent:
    """The champion, as far as it can be compared."""

    version: str
    """Of the registered model."""
    evaluation: HoldoutEvaluation | None = None
    """None with another contract: today's rows are no input for it."""
    comparison: Comparison | None = None
    """The challenger's configuration against its own; None where it was trained from other data,
    or with another contract."""
