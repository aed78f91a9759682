"""The conditions of the gate's second version. All margins are shares of what there is to win."""

import numpy as np
from numpy.typing import NDArray

from rookery_trainer.gate.performance import LEVEL, Learned, Pair, Performance
from rookery_trainer.gate.resampled_t_test import Comparison
from rookery_trainer.gate.rules import SIGNIFICANCE, Condition, at_least, at_most, below
from rookery_trainer.model.label_worth import Aim

KEPT = 0.9
"""The share of a champion's skill that a challenger from other data keeps."""
LARGER_ERROR = 1.1
"""By what the large errors of numbers may grow."""
WORTH = 0.01
"""The share of its worth by a decision that a model's labels may lose."""
LUCK = 2
"""Rows of the hold-out that a model may answer wrongly by luck."""


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


def no_veto(
    challenger: Performance, champion: Performance, floor: float, aim: Aim | None = None
) -> list[Condition]:
    """Asks that the fitted file is not inferior where it hurts, whatever its mean loss.

    Of classes: the rule of the first version, of misses and recalls; where the spec has a decision,
    what labels are worth by it in their place. Of numbers: large errors.
    """
    if challenger.confusion is None or champion.confusion is None:
        limit = LARGER_ERROR * champion.large_error
        return [at_most("90 % quantile of the absolute error", challenger.large_error, limit)]
    if aim is not None:
        return [_no_less_worth(challenger.confusion, champion.confusion, aim)]
    allowed = max(LUCK, challenger.rows // 100)
    lost = np.diag(champion.confusion) - np.diag(challenger.confusion)
    members = np.maximum(challenger.confusion.sum(axis=1), 1)
    falls = np.where(lost >= LUCK, lost / members, 0.0)
    return [
        at_most("more misses on the hold-out", challenger.misses - champion.misses, allowed),
        at_most("largest fall of a class's recall", float(falls.max()), floor),
    ]


def _no_less_worth(
    challenger: NDArray[np.int64], champion: NDArray[np.int64], aim: Aim
) -> Condition:
    """Asks for labels of at most 1.01 times the champion's cost, or 0.99 times its metric.

    What two more of its rows would have made of it, answered wrongly, is luck: so its cost and two
    unit costs are allowed, the larger of both.
    """
    found, its = aim.figure(challenger), aim.figure(champion)
    unlucky = [
        aim.figure(_missed(champion, first, second))
        for first, second in ((LUCK, 0), (1, 1), (0, LUCK))
    ]
    name = f"{aim.name.replace('_', ' ')} on the hold-out, each with its own threshold"
    if aim.lower_is_better:
        return at_most(name, found, max((1 + WORTH) * its, *unlucky))
    return at_least(name, found, min((1 - WORTH) * its, *unlucky))


def _missed(table: NDArray[np.int64], first: int, second: int) -> NDArray[np.int64]:
    """Returns the counts with so many right answers to each class turned into wrong ones."""
    found = table.copy()
    for name, rows in enumerate((first, second)):
        moved = min(rows, int(table[name, name]))
        found[name, name] -= moved
        found[name, 1 - name] += moved
    return found


def above(name: str, found: float, limit: float) -> Condition:
    """Makes the condition that a figure is greater."""
    return Condition(f"{name}, above", found > limit, found, limit)
