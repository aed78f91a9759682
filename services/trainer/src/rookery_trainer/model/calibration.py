"""Calibration: what becomes of raw probabilities so that they say how often they are right.

An answer is the softmax of the raw probabilities' logarithms, times one scale (the inverse of a
temperature; Guo et al., On Calibration of Modern Neural Networks, ICML 2017). Where there are two
classes an offset is added to the second's: a sigmoid of the log-odds (Platt 1999).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import softmax

from rookery_core.manifest import Calibration
from rookery_trainer.model.out_of_fold import OutOfFold
from rookery_trainer.model.scores import row_losses

LEAST = 1e-4
"""The smallest raw probability that is seen: below, float32 and float64 differ visibly."""
SCALES = (0.05, 20.0)


@dataclass(frozen=True)
class Trialled:
    """A calibration that was fitted, and what it would gain."""

    calibration: Calibration
    standard_error: float
    """Of its gain."""
    crossed: OutOfFold
    """The answers of each fold, calibrated by what was fitted to those of the others."""

    @property
    def helps(self) -> bool:
        """Whether the out-of-fold log loss falls by more than its standard error."""
        return self.calibration.gain > self.standard_error


def find_calibration(
    truth: NDArray[np.intp], told: OutOfFold, weights: NDArray[np.float64] | None = None
) -> Trialled | None:
    """Fits a calibration to out-of-fold answers of class indices `truth` [N].

    Each row counts as much as its weight [N] says, or all alike.

    What it gains is measured across the folds: the answers of each are calibrated by what was
    fitted to those of the others. None where one class alone was tested.
    """
    rows = np.flatnonzero(told.tested)
    truth, answers, folds = truth[rows], told.answers[rows], told.fold[rows]
    counted = np.ones(len(rows)) if weights is None else weights[rows] / weights[rows].mean()
    numbers = np.unique(folds)
    if len(numbers) < 2 or any(
        len(np.unique(truth[folds != number])) < answers.shape[1] for number in numbers
    ):
        return None
    crossed = np.empty_like(answers)
    for number in numbers:
        others = folds != number
        scale, offset = _fitted(truth[others], answers[others], counted[others])
        crossed[folds == number] = calibrated(answers[folds == number], scale, offset)
    gains = (row_losses(truth, answers) - row_losses(truth, crossed)) * counted
    scale, offset = _fitted(truth, answers, counted)
    calibration = Calibration(scale=scale, offset=offset, gain=float(gains.mean()))
    every = np.full_like(told.answers, np.nan)
    every[rows] = crossed
    error = float(gains.std(ddof=1) / np.sqrt(len(gains)))
    return Trialled(calibration, error, OutOfFold(every, told.fold))


def calibrated(raw: NDArray[np.float64], scale: float, offset: float = 0.0) -> NDArray[np.float64]:
    """Calibrates raw probabilities [N, classes]; of two classes the second has the offset."""
    found: NDArray[np.float64] = softmax(_scores(raw, scale, offset), axis=1)
    return found


def seen_shares(raw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bounds raw probabilities [N, classes] as a calibration sees them."""
    if raw.shape[1] > 2:
        return np.clip(raw, LEAST, 1.0)
    second = np.clip(raw[:, 1], LEAST, 1 - LEAST)
    return np.column_stack([1 - second, second])


def _scores(raw: NDArray[np.float64], scale: float, offset: float) -> NDArray[np.float64]:
    scores = np.log(seen_shares(raw)) * scale
    if raw.shape[1] == 2:
        scores[:, 1] += offset
    return scores


def _fitted(
    truth: NDArray[np.intp], raw: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[float, float]:
    """Finds the scale and the offset with the least log loss."""
    binary = raw.shape[1] == 2

    def loss(values: NDArray[np.float64]) -> float:
        offset = float(values[1]) if binary else 0.0
        scores = _scores(raw, float(np.exp(values[0])), offset)
        scores -= scores.max(axis=1, keepdims=True)
        told = scores[np.arange(len(truth)), truth] - np.log(np.exp(scores).sum(axis=1))
        return float(-(told * weights).sum() / weights.sum())

    start = np.zeros(2 if binary else 1)
    bounds = [tuple(np.log(SCALES)), (-10.0, 10.0)][: len(start)]
    found = minimize(loss, start, method="L-BFGS-B", bounds=bounds)
    return float(np.exp(found.x[0])), float(found.x[1]) if binary else 0.0
