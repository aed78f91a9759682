"""The metric of a table, and how far chance may move a difference of two."""

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import log_loss, roc_auc_score

from tools.league.entries import Metric

CLIP = 1e-5
"""The smallest probability that log loss sees."""
RESAMPLES = 200

Answers = NDArray[np.float64]
"""Probabilities [N, classes], or values [N]."""
Truth = NDArray[np.float64] | NDArray[np.intp]
"""Class indices [N], or values [N]."""


def score(metric: Metric, truth: Truth, answers: Answers) -> float:
    """Scores answers against the truth."""
    match metric:
        case "roc_auc":
            return float(roc_auc_score(truth, answers[:, 1]))
        case "log_loss":
            told = np.clip(answers, CLIP, None)
            told /= told.sum(axis=1, keepdims=True)
            return float(log_loss(truth, told, labels=range(answers.shape[1])))
        case "rmse":
            return float(np.sqrt(np.mean((truth - answers) ** 2)))


def gap(metric: Metric, ours: float, theirs: float) -> float:
    """Says how much worse ours is than theirs, as a share of theirs; below 0 it is better."""
    worse = theirs - ours if metric == "roc_auc" else ours - theirs
    return worse / abs(theirs)


def error_of_difference(metric: Metric, truth: Truth, one: Answers, other: Answers) -> float:
    """Estimates the standard error of the difference of two scores on the same rows.

    The rows are drawn again `RESAMPLES` times, within each class where there are classes.
    """
    generator = np.random.default_rng(0)
    found = []
    for _ in range(RESAMPLES):
        rows = _drawn(metric, truth, generator)
        found.append(
            score(metric, truth[rows], one[rows]) - score(metric, truth[rows], other[rows])
        )
    return float(np.std(found, ddof=1))


def _drawn(metric: Metric, truth: Truth, generator: np.random.Generator) -> NDArray[np.intp]:
    if metric == "rmse":
        return generator.integers(0, len(truth), len(truth))
    members = [np.flatnonzero(truth == label) for label in np.unique(truth)]
    return np.concatenate([generator.choice(rows, len(rows)) for rows in members])
