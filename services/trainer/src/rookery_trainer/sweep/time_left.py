"""Time left: how long the trials of a sweep may still take, by what each estimator has taken."""

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rookery_core.spec.estimators import SEARCHABLE, EstimatorName
from rookery_trainer.boosting.estimators import MOST_ROUNDS, PATIENCE
from rookery_trainer.estimators import ESTIMATORS
from rookery_trainer.model.trial import Configuration

LEARNED = 10.0
"""Rounds that a boosted model takes on most tables, times its learning rate."""
TREES = 100
"""Trees of every other one where a configuration does not say: scikit-learn's default."""
LEVELS = 16
"""Levels after which a tree of bounded depth costs no more on most tables."""


@dataclass
class _Begun:
    """The fold of a trial that a worker is at."""

    fold: int
    at: float


class TimeLeft:
    """Learns from the folds of a sweep how long the others take.

    A fold counts for its estimator, by the configuration's effort: half the learning rate means
    about twice the rounds.
    """

    def __init__(self, trials: Mapping[int, Configuration], folds: int, workers: int = 1) -> None:
        # Folds are heard in another thread than the ends of trials.
        self._lock = threading.Lock()
        self._left = dict(trials)
        self._folds = folds
        self._workers = workers
        self._running: dict[int, _Begun] = {}
        self._seconds: dict[EstimatorName, float] = {}
        self._efforts: dict[EstimatorName, float] = {}

    def fold(self, index: int, fold: int, now: float) -> None:
        """Hears that this fold of that trial, from 1, has begun."""
        with self._lock:
            self._count(index, now)
            if index in self._left:
                self._running[index] = _Begun(fold, now)

    def end(self, index: int, now: float) -> None:
        """Hears that the trial has ended."""
        with self._lock:
            self._count(index, now)
            self._running.pop(index, None)
            self._left.pop(index, None)

    def seconds(self, now: float) -> int | None:
        """Estimates the seconds until all trials have ended; None as long as no fold has."""
        with self._lock:
            if not self._efforts:
                return None
            left = sum(self._seconds_of(index, now) for index in self._left)
            return round(left / max(1, min(self._workers, len(self._left))))

    def _count(self, index: int, now: float) -> None:
        """Counts the fold that the trial was at as done."""
        begun, configuration = self._running.get(index), self._left.get(index)
        if begun is None or configuration is None:
            return
        name = configuration.estimator
        self._seconds[name] = self._seconds.get(name, 0.0) + now - begun.at
        self._efforts[name] = self._efforts.get(name, 0.0) + _effort(configuration)

    def _seconds_of(self, index: int, now: float) -> float:
        configuration = self._left[index]
        of_fold = self._pace(configuration.estimator, now) * _effort(configuration)
        begun = self._running.get(index)
        if begun is None:
            return of_fold * self._folds
        return of_fold * (self._folds - begun.fold) + max(0.0, of_fold - (now - begun.at))

    def _pace(self, name: EstimatorName, now: float) -> float:
        """Returns the seconds that an effort of the estimator takes."""
        if name in self._efforts:
            return self._seconds[name] / self._efforts[name]
        # No fold of it has ended yet. It may be as quick as the others, but for what its folds
        # under way have taken already.
        others = sum(self._seconds.values()) / sum(self._efforts.values())
        under_way = (
            (now - begun.at) / _effort(self._left[index])
            for index, begun in self._running.items()
            if index in self._left and self._left[index].estimator == name
        )
        return max(others, *under_way, 0.0)


def _effort(configuration: Configuration) -> float:
    """Says how much work a fit is, beside other configurations of its estimator."""
    given: Mapping[str, Any] = configuration.parameters
    if not ESTIMATORS[configuration.estimator].boosted:
        return float(given.get("n_estimators") or TREES) * min(
            LEVELS, given.get("max_depth") or LEVELS
        )
    if "max_leaf_nodes" in SEARCHABLE[configuration.estimator].domains:
        most, rate = given.get("max_iter"), 0.1
        levels = math.log2(given.get("max_leaf_nodes") or 31)
    else:
        most, rate, levels = given.get("n_estimators"), 0.3, float(given.get("max_depth") or 6)
    rounds = PATIENCE + LEARNED / float(given.get("learning_rate") or rate)
    return min(float(most or MOST_ROUNDS), rounds) * levels
