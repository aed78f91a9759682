"""Models with a closed form: a shrunken linear discriminant of classes, and a ridge of numbers.

A sweep of twenty configurations over five folds takes some milliseconds, so that whole years of
retrains can be simulated by the hundred. Both are what a penalised linear model is: the penalty is
drawn as a sweep does it, the best one is chosen by cross-validation, and answers out of fold are
made by fits that have seen all other rows.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Learner = Literal["closed form", "forest", "boosting"]
"""What is fitted to a table."""


@dataclass(frozen=True)
class Penalty:
    """A configuration."""

    mixed: float
    """How far the covariance is drawn towards a sphere, 0 to 1."""
    kept: float
    """The share of the fitted differences that is kept, 0 to 1."""


def drawn_penalty(generator: np.random.Generator) -> Penalty:
    """Draws a configuration, both figures on a logarithmic scale."""
    mixed, kept = 10.0 ** generator.uniform([-3.0, -1.5], [0.0, 0.0])
    return Penalty(float(mixed), float(kept))


class AnyFit(Protocol):
    """The training rows of one fit, with any configuration."""

    def answers(self, features: Floats, penalty: Penalty) -> Floats:
        """Answers rows of `features`: probabilities [N, classes], or values [N]."""
        ...


class Fit:
    """The training rows of one fit, so prepared that any penalty costs next to nothing."""

    def __init__(self, features: Floats, truth: NDArray[np.generic], classes: int) -> None:
        self._classes = classes
        self._level = features.mean(axis=0)
        centred = features - self._level
        if classes:
            labels = truth.astype(np.intp)
            members = np.bincount(labels, minlength=classes)
            sums = np.zeros((classes, features.shape[1]))
            np.add.at(sums, labels, centred)
            means = sums / np.maximum(members, 1)[:, None]
            inside = centred - means[labels]
            self._shares = np.log(np.maximum(members, 1e-9) / len(labels))
            moments = means
        else:
            values = truth.astype(np.float64)
            self._mean = float(values.mean())
            inside = centred
            moments = (centred.T @ (values - self._mean) / len(values))[None, :]
        self._widths, self._axes = np.linalg.eigh(inside.T @ inside / len(features))
        self._moments = moments @ self._axes

    def answers(self, features: Floats, penalty: Penalty) -> Floats:
        """Answers rows of `features`: probabilities [N, classes], or values [N]."""
        mixed = (1 - penalty.mixed) * self._widths + penalty.mixed * self._widths.mean()
        moments = penalty.kept * self._moments
        places = (features - self._level) @ self._axes
        if not self._classes:
            values: Floats = self._mean + places @ (moments[0] / mixed)
            return values
        scores = places @ (moments / mixed).T + self._shares - (moments**2 / mixed).sum(1) / 2
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares: Floats = odds / odds.sum(axis=1, keepdims=True)
        return shares
