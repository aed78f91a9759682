"""The standing of a table: its rounds taken together, and whether Rookery keeps up."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from tools.league.entries import Entry
from tools.league.results import Round
from tools.league.scores import gap

SHARE = 0.01
"""How far the served model may stay behind the best library, as a share of that one's score."""


@dataclass(frozen=True)
class Standing:
    """A table's rounds, taken together."""

    rounds: int
    score: float | None
    """Mean over the folds; None where a fold has no model."""
    best: str
    """The library with the best mean."""
    best_score: float
    gap: float | None
    """How much worse the served model is, as a share of the best library's score."""
    allowed: float
    """1 %, or two standard errors of the paired difference if that is more; of the same share."""

    @property
    def keeps_up(self) -> bool:
        """Whether the served model is no further behind than is allowed."""
        return self.gap is not None and self.gap <= self.allowed


def standing(entry: Entry, rounds: Sequence[Round]) -> Standing:
    """Takes the rounds of a table together; there is at least one."""
    means = {
        name: statistics.mean(each.libraries[name].score for each in rounds)
        for name in rounds[0].libraries
    }
    best = min(means, key=lambda name: (_loss(entry, means[name]), name))
    scores = [each.score for each in rounds]
    known = [each for each in scores if each is not None]
    mean = statistics.mean(known) if len(known) == len(rounds) else None
    errors = [each.libraries[best].error_of_difference for each in rounds]
    error = math.sqrt(sum(each**2 for each in errors)) / len(rounds)
    return Standing(
        len(rounds),
        mean,
        best,
        means[best],
        None if mean is None else gap(entry.metric, mean, means[best]),
        max(SHARE, 2 * error / abs(means[best])),
    )


def _loss(entry: Entry, mean: float) -> float:
    return -mean if entry.metric == "roc_auc" else mean
