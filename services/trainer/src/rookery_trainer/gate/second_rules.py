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
LEAST_LOST = 5
"""Rows of a class that a veto asks for: four that a coin decides are all lost once in sixteen."""


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

    Of classes: misses, and the recalls of those that are told apart less well; where the spec has a
    decision, what labels are worth by it in their place. Of numbers: large errors.
    """
    if challenger.confusion is None or champion.confusion is None:
        limit = LARGER_ERROR * champion.large_error
        return [at_most("90 % quantile of the absolute error", challenger.large_error, limit)]
    if aim is not None:
        return [_no_less_worth(challenger, champion, aim)]
    allowed = max(LUCK, challenger.rows // 100)
    fall = _largest_fall(challenger.confusion, champion.confusion)
    return [
        at_most("more misses on the hold-out", challenger.misses - champion.misses, allowed),
        at_most("largest fall of a class's recall", fall, floor),
    ]


def _no_less_worth(challenger: Performance, champion: Performance, aim: Aim) -> Condition:
    """Asks for labels of at most 1.01 times the champion's cost, or 0.99 times its metric.

    What two more of its rows would have made of it, answered wrongly, is luck: so its cost and two
    unit costs are allowed, the larger of both. Where rows have weights, all of this counts them.
    """
    found, its = aim.figure(challenger.told), aim.figure(champion.told)
    unlucky = [
        aim.figure(_missed(champion, first, second))
        for first, second in ((LUCK, 0), (1, 1), (0, LUCK))
    ]
    name = f"{aim.name.replace('_', ' ')} on the hold-out, each with its own threshold"
    if aim.lower_is_better:
        return at_most(name, found, max((1 + WORTH) * its, *unlucky))
    return at_least(name, found, min((1 - WORTH) * its, *unlucky))


def _missed(champion: Performance, first: int, second: int) -> NDArray[np.float64]:
    """Returns the counts with so many right answers to each class turned into wrong ones."""
    found = champion.told.astype(np.float64)
    for name, rows in enumerate((first, second)):
        moved = min(rows * champion.row, found[name, name])
        found[name, name] -= moved
        found[name, 1 - name] += moved
    return found


def _largest_fall(challenger: NDArray[np.int64], champion: NDArray[np.int64]) -> float:
    """Returns by how much a class's recall falls at most, where that does harm.

    It does none where the champion has only said the class more often, of other rows too: then its
    informedness (recall less the share of other rows that are called so) does not fall with it. A
    fall of fewer than `LEAST_LOST` rows is luck.
    """
    lost = np.diag(champion) - np.diag(challenger)
    members = challenger.sum(axis=1)
    others = np.maximum(members.sum() - members, 1)
    recall = lost / np.maximum(members, 1)
    called_wrongly = (_wrong_calls(champion) - _wrong_calls(challenger)) / others
    return float(np.where((lost >= LEAST_LOST) & (recall > called_wrongly), recall, 0.0).max())


def _wrong_calls(table: NDArray[np.int64]) -> NDArray[np.int64]:
    calls: NDArray[np.int64] = table.sum(axis=0) - np.diag(table)
    return calls


def above(name: str, found: float, limit: float) -> Condition:
    """Makes the condition that a figure is greater."""
    return Condition(f"{name}, above", found > limit, found, limit)
