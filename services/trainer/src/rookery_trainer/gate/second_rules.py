"""The conditions of the gate's second version. All margins are shares of what there is to win."""

import numpy as np

from rookery_trainer.gate.performance import LEVEL, Learned, Pair, Performance
from rookery_trainer.gate.resampled_t_test import Comparison
from rookery_trainer.gate.rules import SIGNIFICANCE, Condition, at_least, at_most, below

KEPT = 0.9
"""The share of a champion's skill that a challenger from other data keeps."""
LARGER_ERROR = 1.1
"""By what the large errors of numbers may grow."""


def has_learned(challenger: Learned) -> list[Condition]:
    """Asks that the answers follow the truth: a target without relation to the rows would not."""
    return [
        above("cross-validated skill", challenger.cross_validated_skill, 0.0),
        below("p of answers without relation to the truth", challenger.p, LEVEL),
    ]


def superior_by_share(
    comparison: Comparison, constant_loss: float, min_effect: float
) -> list[Condition]:
    """Asks that the challenger's configuration loses less than the champion's.

    `min_effect` is a share of what the constant loses.
    """
    return [
        below("p of the gain in cross-validated loss", comparison.p, SIGNIFICANCE),
        at_least("gain in cross-validated loss", comparison.mean_gain, min_effect * constant_loss),
    ]


def keeps_skill(pair: Pair, name: str) -> Condition:
    """Asks that the challenger keeps most of the skill of that champion; a constant has none."""
    return at_least(
        f"skill on the hold-out beside {name}",
        pair.challenger.skill,
        max(0.0, KEPT * pair.champion.skill),
    )


def no_veto(challenger: Performance, champion: Performance, floor: float) -> list[Condition]:
    """Asks that the fitted file is not inferior where it hurts, whatever its mean loss.

    Of classes: the rule of the first version, of misses and recalls. Of numbers: large errors.
    """
    if challenger.confusion is None or champion.confusion is None:
        limit = LARGER_ERROR * champion.large_error
        return [at_most("90 % quantile of the absolute error", challenger.large_error, limit)]
    allowed = max(2, challenger.rows // 100)
    lost = np.diag(champion.confusion) - np.diag(challenger.confusion)
    members = np.maximum(challenger.confusion.sum(axis=1), 1)
    falls = np.where(lost >= 2, lost / members, 0.0)
    return [
        at_most("more misses on the hold-out", challenger.misses - champion.misses, allowed),
        at_most("largest fall of a class's recall", float(falls.max()), floor),
    ]


def above(name: str, found: float, limit: float) -> Condition:
    """Makes the condition that a figure is greater."""
    return Condition(f"{name}, above", found > limit, found, limit)
