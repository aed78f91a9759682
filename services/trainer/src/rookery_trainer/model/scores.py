"""Scores of probabilities against the truth, and their mean over the folds."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from rookery_core.labels import Cut, predicted_classes

FIRST_METRICS = ("accuracy", "balanced_accuracy", "macro_f1", "log_loss")
"""What the manifest of a first-version model holds, as the first release wrote it."""
RANK_METRICS = ("roc_auc", "average_precision")
"""They ask in which order the rows are, not how probable each is."""
METRICS = (*FIRST_METRICS, *RANK_METRICS)
CLIP = 1e-3
"""The smallest probability that log loss sees: one confident miss cannot outweigh all the rest."""


@dataclass(frozen=True)
class Score:
    """How well probabilities match the truth on one set of rows."""

    accuracy: float
    balanced_accuracy: float
    macro_f1: float
    log_loss: float
    recalls: tuple[float, ...]
    """In the order of the classes; NaN for a class without a row."""
    roc_auc: float
    """Of two classes that of the second one; of more, the mean over each class against the rest.
    NaN where every row has the same class."""
    average_precision: float
    """Of the same classes as `roc_auc`."""

    @property
    def figures(self) -> Mapping[str, float]:
        """Each metric by its name."""
        return {name: getattr(self, name) for name in METRICS}


@dataclass(frozen=True)
class Estimate:
    """Mean and population standard deviation of a figure over the folds."""

    mean: float
    deviation: float


@dataclass(frozen=True)
class Scores:
    """A configuration's cross-validated scores."""

    accuracy: Estimate
    balanced_accuracy: Estimate
    macro_f1: Estimate
    log_loss: Estimate
    recalls: tuple[Estimate, ...]
    """In the order of the classes; NaN for a class that no fold tests, by group or by time."""
    roc_auc: Estimate
    """NaN where each fold tests one class alone."""
    average_precision: Estimate
    """NaN where each fold tests one class alone."""

    @property
    def estimates(self) -> Mapping[str, Estimate]:
        """Each metric by its name."""
        return {name: getattr(self, name) for name in METRICS}

    @property
    def finite(self) -> bool:
        """Whether no metric is NaN or infinite that every fold has.

        A class that no fold tests has no recall, and folds of one class each have no order.
        """
        estimates = [getattr(self, name) for name in FIRST_METRICS]
        return bool(np.isfinite([(e.mean, e.deviation) for e in estimates]).all())


def row_losses(truth: NDArray[np.intp], probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """Returns the log loss of each row [N], with probabilities [N, classes] clipped at `CLIP`."""
    told = probabilities[np.arange(len(truth)), truth].astype(np.float64)
    losses: NDArray[np.float64] = -np.log(np.clip(told, CLIP, 1.0))
    return losses


def confusion(
    truth: NDArray[np.intp], predicted: NDArray[np.intp], classes: int
) -> NDArray[np.int64]:
    """Counts the rows of each [true class, predicted class]."""
    return summed(truth, predicted, classes, None).astype(np.int64)


def summed(
    truth: NDArray[np.intp],
    predicted: NDArray[np.intp],
    classes: int,
    weights: NDArray[np.float64] | None,
) -> NDArray[np.int64] | NDArray[np.float64]:
    """Adds up the weights, or counts the rows, of each [true class, predicted class]."""
    places = truth * classes + predicted
    return np.bincount(places, weights, classes * classes).reshape(classes, classes)


def balanced_accuracy(confusion: NDArray[np.int64] | NDArray[np.float64]) -> float:
    """Returns the mean recall of the classes that have a row, of counts [true, predicted class]."""
    rows = confusion.sum(axis=1)
    present = rows > 0
    return float((np.diag(confusion)[present] / rows[present]).mean())


def score(
    truth: NDArray[np.intp],
    probabilities: NDArray[np.floating],
    weights: NDArray[np.float64] | None = None,
    cut: Cut | None = None,
) -> Score:
    """Scores probabilities [N, classes] for class indices `truth` [N], N > 0.

    Each row counts as much as its weight [N] says, or all alike.

    Labels follow the one rule of `rookery_core.labels`. Balanced accuracy and macro F1 are means
    over the classes that have a row.
    """
    counts = summed(truth, predicted_classes(probabilities, cut), probabilities.shape[1], weights)
    rows, columns, hits = counts.sum(axis=1), counts.sum(axis=0), np.diag(counts)
    recalls = np.divide(hits, rows, out=np.full(len(rows), np.nan), where=rows > 0)
    f1 = np.divide(2 * hits, rows + columns, out=np.zeros(len(rows)), where=rows + columns > 0)
    present = rows > 0
    return Score(
        accuracy=float(hits.sum() / counts.sum()),
        balanced_accuracy=balanced_accuracy(counts),
        macro_f1=float(f1[present].mean()),
        log_loss=float(np.average(row_losses(truth, probabilities), weights=weights)),
        recalls=tuple(float(recall) for recall in recalls),
        roc_auc=_one_against_rest(roc_auc_score, truth, probabilities, weights),
        average_precision=_one_against_rest(average_precision_score, truth, probabilities, weights),
    )


def _one_against_rest(
    metric: Callable[..., float],
    truth: NDArray[np.intp],
    probabilities: NDArray[np.floating],
    weights: NDArray[np.float64] | None,
) -> float:
    """Takes the mean of a metric of two classes over those that have a row and do not have all.

    Equal answers count as equally high.
    """
    classes = probabilities.shape[1]
    members = np.bincount(truth, minlength=classes)
    told = [
        name for name in range(1 if classes == 2 else 0, classes) if 0 < members[name] < len(truth)
    ]
    if not told or not np.isfinite(probabilities).all():
        return math.nan
    return float(
        np.mean(
            [metric(truth == name, probabilities[:, name], sample_weight=weights) for name in told]
        )
    )


def over_folds(folds: Sequence[Score]) -> Scores:
    """Takes mean and deviation of each figure over the folds.

    Those of a recall are over the folds that test a row of its class, those of an order over the
    folds that test two classes.
    """
    named = {name: estimate([getattr(fold, name) for fold in folds]) for name in FIRST_METRICS}
    named |= {
        name: estimate(_known([getattr(fold, name) for fold in folds])) for name in RANK_METRICS
    }
    recalls = tuple(
        estimate(_known(column)) for column in zip(*(f.recalls for f in folds), strict=True)
    )
    return Scores(recalls=recalls, **named)


def estimate(figures: Sequence[float]) -> Estimate:
    """Takes mean and deviation of figures, one of each fold."""
    # An answer that is no number ends a trial; it is no fault of the program.
    with np.errstate(invalid="ignore"):
        return Estimate(mean=float(np.mean(figures)), deviation=float(np.std(figures)))


def _known(figures: Sequence[float]) -> Sequence[float]:
    return [figure for figure in figures if not math.isnan(figure)] or [math.nan]
