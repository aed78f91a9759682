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
    """On the rows of the hold-out that it was not trained on. None with another contract, where
    today's rows are no input for it, and where `unseen` has too few."""
    comparison: Comparison | None = None
    """The challenger's configuration against the champion's; None where the champion was trained
    from other data or with another contract."""
    opposed: HoldoutEvaluation | None = None
    """The challenger's, on the same rows; None where that is its own of the whole hold-out."""
    unseen: tuple[int, ...] | None = None
    """The rows of each class of the hold-out that it was not trained on, where they are too few to
    compare the two; None where they are enough, or the contract is another one."""
