"""Trees as learners of simulated tables: scikit-learn's forest, and XGBoost's histogram boosting.

A configuration says how careful they are, as a penalty says it of a closed form. A fit costs 20 ms
of a forest and 7 of boosting, so that fewer and smaller sweeps are simulated.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from xgboost import XGBClassifier, XGBRegressor

from tools.gate_rates.fits import Floats, Learner, Penalty

TREES, ROUNDS, DEPTH = 20, 20, 5
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
        self._classes = classes
        self._truth = truth
        self._known = np.zeros(0, dtype=np.intp)
        if classes:
            # XGBoost wants the classes that have rows to be counted from 0.
            self._known, self._truth = np.unique(truth.astype(np.intp), return_inverse=True)
        self._fitted: dict[Penalty, Any] = {}

    def answers(self, features: Floats, penalty: Penalty) -> Floats:
        """Answers rows of `features`: probabilities [N, classes], or values [N]."""
        if penalty not in self._fitted:
            model = _unfitted(self._learner, self._classes, penalty)
            self._fitted[penalty] = model.fit(self._features, self._truth)
        model = self._fitted[penalty]
        if not self._classes:
            values: Floats = model.predict(features).astype(np.float64)
            return values
        told = np.zeros((len(features), self._classes))
        told[:, self._known] = model.predict_proba(features)
        return told


def _unfitted(learner: Learner, classes: int, penalty: Penalty) -> Any:
    leaf = round(MOST_IN_LEAF * penalty.mixed)
    if learner == "forest":
        forest = RandomForestClassifier if classes else RandomForestRegressor
        return forest(
            n_estimators=TREES, min_samples_leaf=1 + leaf, max_samples=penalty.kept, random_state=0
        )
    boosting = XGBClassifier if classes else XGBRegressor
    return boosting(
        n_estimators=ROUNDS,
        max_depth=DEPTH,
        learning_rate=STEP * penalty.kept,
        # Of classes the sum of p (1 - p), a quarter of the rows where nothing is known.
        min_child_weight=(5 + leaf) / (4 if classes else 1),
        tree_method="hist",
        n_jobs=1,
        random_state=0,
    )
