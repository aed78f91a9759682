"""Trees as learners of simulated tables: a forest, and boosting, as scikit-learn has them.

A configuration says how careful they are, as a penalty says it of a closed form. They cost a
hundred times as much, so that fewer retrains are simulated.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)

from tools.gate_rates.fits import Floats, Learner, Penalty

TREES, ROUNDS = 20, 20
MOST_IN_LEAF = 60
"""Rows that a leaf of the most careful forest has at least."""
STEP = 0.3
"""What boosting keeps of each tree where nothing is taken away."""


class TreeFit:
    """The training rows of one fit; each configuration is fitted once, when it is asked."""

    def __init__(
        self, learner: Learner, features: Floats, truth: NDArray[np.generic], classes: int
    ) -> None:
        self._learner = learner
        self._features = features
        self._truth = truth
        self._classes = classes
        self._fitted: dict[Penalty, Any] = {}

    def answers(self, features: Floats, penalty: Penalty) -> Floats:
        """Answers rows of `features`: probabilities [N, classes], or values [N]."""
        if penalty not in self._fitted:
            model = _unfitted(self._learner, self._classes, penalty)
            self._fitted[penalty] = model.fit(self._features, self._truth)
        model = self._fitted[penalty]
        if not self._classes:
            values: Floats = model.predict(features)
            return values
        told = np.zeros((len(features), self._classes))
        told[:, model.classes_.astype(np.intp)] = model.predict_proba(features)
        return told


def _unfitted(learner: Learner, classes: int, penalty: Penalty) -> Any:
    if learner == "forest":
        least = 1 + round(MOST_IN_LEAF * penalty.mixed)
        forest = RandomForestClassifier if classes else RandomForestRegressor
        return forest(
            n_estimators=TREES, min_samples_leaf=least, max_samples=penalty.kept, random_state=0
        )
    boosting = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    return boosting(
        max_iter=ROUNDS,
        learning_rate=STEP * penalty.kept,
        min_samples_leaf=5 + round(MOST_IN_LEAF * penalty.mixed),
        early_stopping=False,
        random_state=0,
    )
