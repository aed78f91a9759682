"""What labels of two classes are worth by the spec's decision: a total cost, or a metric."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rookery_core.labels import Cut, predicted_classes
from rookery_core.spec.label_decision import LabelDecision
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.model.scores import summed

COST = "cost"
AT_ARGMAX = "_at_argmax"
"""Ends the name of a figure of what would be answered without a threshold."""
Counts = NDArray[np.float64]
"""Rows [..., 4]: hits, false positives, false negatives, and rightly answered others."""


@dataclass(frozen=True)
class Aim:
    """What a threshold is chosen for: labels of a low cost, or of a high metric."""

    decision: LabelDecision
    positive: int
    """The index of the positive class."""

    @property
    def name(self) -> str:
        """What is measured: the metric, or the total cost."""
        return self.decision.metric or COST

    @property
    def lower_is_better(self) -> bool:
        """Whether lower figures are the better ones."""
        return self.decision.costs is not None

    def figures(self, counts: Counts) -> NDArray[np.float64]:
        """Measures counts [..., 4]; 0 where a metric has nothing to divide by."""
        hits, false_positives, false_negatives, others = np.moveaxis(counts, -1, 0)
        costs = self.decision.costs
        if costs is not None:
            total: NDArray[np.float64] = (
                costs.false_positive * false_positives + costs.false_negative * false_negatives
            )
            return total
        wrong = false_positives + false_negatives
        match self.decision.metric:
            case "f1":
                return _share(2 * hits, 2 * hits + wrong)
            case "macro_f1":
                of_others = _share(2 * others, 2 * others + wrong)
                return (_share(2 * hits, 2 * hits + wrong) + of_others) / 2
            case "balanced_accuracy":
                found = _share(hits, hits + false_negatives)
                left = _share(others, others + false_positives)
                return (found + left) / 2
            case _:
                return _share(hits + others, hits + others + wrong)

    def gains(self, better: NDArray[np.float64], worse: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns by how much the first figures are better than the second."""
        return worse - better if self.lower_is_better else better - worse

    def figure(self, counts: NDArray[np.int64] | NDArray[np.float64]) -> float:
        """Measures a confusion table [true class, predicted class]."""
        return float(self.figures(counts_of(counts, self.positive)))

    def start(self, positives: float) -> float | None:
        """Returns the threshold that is best where probabilities are right; None of F1.

        Of costs that is where both errors are as costly (Elkan, The Foundations of Cost-Sensitive
        Learning, IJCAI 2001), of balanced accuracy the share of `positives`. That of F1 depends on
        how high F1 gets.
        """
        costs = self.decision.costs
        if costs is not None:
            return costs.false_positive / (costs.false_positive + costs.false_negative)
        return {"balanced_accuracy": positives, "accuracy": 0.5}.get(self.name)


def aim_for(spec: ModelSpec) -> Aim | None:
    """Returns what the spec's threshold is chosen for; None where the spec has no decision."""
    return Aim(spec.decision, spec.positive) if spec.decision else None


def counts_of(table: NDArray[np.int64] | NDArray[np.float64], positive: int) -> Counts:
    """Makes the counts [4] of a confusion table [true class, predicted class]."""
    other = 1 - positive
    cells = ((positive, positive), (other, positive), (positive, other), (other, other))
    return np.array([table[cell] for cell in cells], dtype=np.float64)


def label_worth(
    aim: Aim | None,
    truth: NDArray[np.intp],
    told: NDArray[np.float64],
    cut: Cut | None,
    weights: NDArray[np.float64] | None = None,
) -> dict[str, float]:
    """Measures answers [N, 2] by name: as they are served, and with the more probable class.

    Nothing where nothing is aimed at. Each row counts as much as its weight [N] says.
    """
    if aim is None:
        return {}
    return {
        f"{aim.name}{end}": aim.figure(summed(truth, predicted_classes(told, by), 2, weights))
        for end, by in (("", cut), (AT_ARGMAX, None))
    }


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divides; 0 where there is nothing to divide by."""
    return np.divide(part, whole, out=np.zeros(np.shape(whole)), where=whole > 0)
