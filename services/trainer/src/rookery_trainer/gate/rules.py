"""The rules of the gate, as lists of conditions."""

from dataclasses import dataclass

import numpy as np

from rookery_core.spec.gate import Gate
from rookery_trainer.gate.contenders import Challenger
from rookery_trainer.gate.permutation_test import chance_level, permutation_p
from rookery_trainer.gate.resampled_t_test import Comparison
from rookery_trainer.model.evaluation import HoldoutEvaluation

SIGNIFICANCE = 0.05
"""The level of the comparison with the champion."""
CHANCE_SIGNIFICANCE = 0.01
"""The level of the permutation test."""


@dataclass(frozen=True)
class Condition:
    """One thing a rule asks, what was found and what was needed."""

    name: str
    holds: bool
    found: float | None
    """None where the figure is not a number."""
    limit: float


def beats_chance(challenger: Challenger, gate: Gate) -> list[Condition]:
    """Asks that the challenger has learned something: shuffled labels would not pass."""
    confusion = challenger.evaluation.confusion
    needed = chance_level(confusion) + gate.margin
    held_out = challenger.evaluation.score.balanced_accuracy
    p = permutation_p(confusion, seed=0)
    crossed = challenger.cross_validated
    return [
        at_least("balanced accuracy on the hold-out", held_out, needed),
        at_least("balanced accuracy in cross-validation", crossed, needed),
        below("p of the hold-out's labels being shuffled", p, CHANCE_SIGNIFICANCE),
    ]


def superior(comparison: Comparison, gate: Gate) -> list[Condition]:
    """Asks that the challenger's configuration has a lower log loss than the champion's."""
    return [
        below("p of the gain in cross-validated log loss", comparison.p, SIGNIFICANCE),
        at_least("gain in cross-validated log loss", comparison.mean_gain, gate.min_effect),
    ]


def no_worse(
    challenger: HoldoutEvaluation, champion: HoldoutEvaluation, gate: Gate
) -> list[Condition]:
    """Asks that its log loss on the hold-out is at most `gate.margin` above the champion's."""
    loss = challenger.score.log_loss - champion.score.log_loss
    return [at_most("more log loss on the hold-out", loss, gate.margin)]


def not_inferior(
    challenger: HoldoutEvaluation, champion: HoldoutEvaluation, gate: Gate
) -> list[Condition]:
    """Asks that the challenger misses no more rows of the hold-out than chance explains.

    It may miss two rows more than the champion, or one percent of the rows, and no class's recall
    may fall by more than `gate.floor`.
    """
    allowed = max(2, challenger.rows // 100)
    lost = np.diag(champion.confusion) - np.diag(challenger.confusion)
    members = np.maximum(challenger.confusion.sum(axis=1), 1)
    # A single row is no trend, however small the class.
    falls = np.where(lost >= 2, lost / members, 0.0)
    return [
        at_most("more misses on the hold-out", challenger.misses - champion.misses, allowed),
        at_most("largest fall of a class's recall", float(falls.max()), gate.floor),
    ]


def at_least(name: str, found: float, limit: float) -> Condition:
    """Makes the condition that a figure is not smaller."""
    return Condition(f"{name}, at least", found >= limit, found, limit)


def at_most(name: str, found: float, limit: float) -> Condition:
    """Makes the condition that a figure is not greater."""
    return Condition(f"{name}, at most", found <= limit, found, limit)


def below(name: str, found: float, limit: float) -> Condition:
    """Makes the condition that a figure is smaller."""
    return Condition(f"{name}, below", found < limit, found, limit)
