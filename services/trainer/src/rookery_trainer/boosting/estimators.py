"""Boosted estimators: one thread, and a best round that is found on rows put aside.

They take missing numbers as they are. With rows to stop by, rounds go on until these rows' loss has
not fallen for `PATIENCE` rounds, and the model is cut at its best one. Where there are few rows,
and where the model is the one that is served, it is fitted again, to all rows, with that many
rounds; with several divisions of the rows, with the mean of what each of them found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    VotingClassifier,
)
from sklearn.preprocessing import LabelEncoder
from sklearn.utils import Bunch
from threadpoolctl import threadpool_limits
from xgboost import XGBClassifier, XGBModel, XGBRegressor

PATIENCE = 20
"""Rounds without a lower loss after which no further one is tried."""
MOST_ROUNDS = 500
"""Rounds of a model that never stops early."""
FEW_ROWS = 10_000
FEW_CELLS = 5_000_000
"""Below both the rows aside are worth another fit in each fold. Cells are those of a row's columns,
once for each of more than two classes, which have trees of their own."""
MANY_ROWS = 200_000
MANY_CELLS = 100_000_000
"""From either on a tenth of the rows is not worth another fit of the model that is served."""
MEMBER = "model"
"""The name of the one member of a voting classifier."""

Histogram: TypeAlias = HistGradientBoostingClassifier | HistGradientBoostingRegressor
Target = NDArray[np.str_] | NDArray[np.float64]
Weights: TypeAlias = NDArray[np.float64] | None
"""[N] how much each row counts; None: each alike."""
Split = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Positions of the rows that are fitted to, and of those to stop by."""


def histogram_classifier(parameters: dict[str, Any], seed: int) -> HistGradientBoostingClassifier:
    """Makes scikit-learn's histogram gradient boosting."""
    return HistGradientBoostingClassifier(**_histogram(parameters, seed))


def histogram_regressor(
    parameters: dict[str, Any], seed: int, loss: str
) -> HistGradientBoostingRegressor:
    """Makes the same for numbers, which keeps the loss small."""
    return HistGradientBoostingRegressor(**_histogram(parameters, seed), loss=f"{loss}_error")


def _histogram(parameters: dict[str, Any], seed: int) -> dict[str, Any]:
    return {
        "max_iter": MOST_ROUNDS,
        **parameters,
        # Which rows it stops by is not its own to choose: `fit_boosted` gives them.
        "early_stopping": False,
        "n_iter_no_change": PATIENCE,
        "tol": 0.0,
        "categorical_features": None,
        "random_state": seed,
    }


def xgboost_classifier(parameters: dict[str, Any], seed: int) -> VotingClassifier:
    """Makes XGBoost for labels that are texts, which its own classifier does not take.

    The only member of a vote: what is logged needs no class of ours to be loaded.
    """
    member = XGBClassifier(**_xgboost(parameters, seed))
    return VotingClassifier([(MEMBER, member)], voting="soft", n_jobs=1)


def xgboost_regressor(parameters: dict[str, Any], seed: int, loss: str) -> XGBRegressor:
    """Makes XGBoost for numbers, which keeps the loss small."""
    objective = {"squared": "reg:squarederror", "absolute": "reg:absoluteerror"}[loss]
    return XGBRegressor(**_xgboost(parameters, seed), objective=objective)


def _xgboost(parameters: dict[str, Any], seed: int) -> dict[str, Any]:
    return {
        "n_estimators": MOST_ROUNDS,
        **parameters,
        "tree_method": "hist",
        "n_jobs": 1,
        "random_state": seed,
    }


@dataclass(frozen=True)
class _Plan:
    """How an estimator is fitted to its rows."""

    splits: Sequence[Split]
    weights: Weights
    again: bool
    """Whether it is fitted again, to all rows, with the best number of rounds."""

    def weights_of(self, rows: NDArray[np.intp]) -> Weights:
        """Returns the weights of some rows."""
        return None if self.weights is None else self.weights[rows]


def keep_in_order(estimator: Any, directions: Sequence[int]) -> None:
    """Makes an unfitted one keep its answers in the order of columns: 1, -1, or 0 for each."""
    if isinstance(estimator, Histogram):
        estimator.set_params(monotonic_cst=list(directions))
    elif isinstance(estimator, VotingClassifier):
        ((_, member),) = estimator.estimators
        member.set_params(monotone_constraints=tuple(directions))
    else:
        estimator.set_params(monotone_constraints=tuple(directions))


def fit_boosted(
    estimator: Any,
    points: NDArray[np.float32],
    target: Target,
    splits: Sequence[Split],
    weights: Weights = None,
    *,
    final: bool = False,
) -> None:
    """Fits one of these estimators to `points` [N, columns] and their `target` [N].

    Args:
        splits: each has rows to stop by; none: all rounds are taken. All are used where a model of
            little data is to be served, else the first.
        weights: [N] how much each row counts, in the fit and in the loss by which it stops.
        final: the model is to be served, not compared with others.
    """
    several = final and _is_small(points, target, final=False)
    again = _is_small(points, target, final=final)
    plan = _Plan(splits if several else splits[:1], weights, again)
    # Sums over rows depend in the last bit on the number of threads.
    with threadpool_limits(1, user_api="openmp"):
        if isinstance(estimator, Histogram):
            _fit_histogram(estimator, points, target, plan)
        elif isinstance(estimator, VotingClassifier):
            _fit_vote(estimator, points, target, plan)
        else:
            _fit_xgboost(estimator, points, target, plan)


def _is_small(points: NDArray[np.float32], target: Target, *, final: bool) -> bool:
    """Says whether there is so little that a second fit is worth its time."""
    rows, most = (MANY_ROWS, MANY_CELLS) if final else (FEW_ROWS, FEW_CELLS)
    if len(points) >= rows:
        # Before the classes are counted, which sorts all labels.
        return False
    classes = len(np.unique(target)) if target.dtype.kind == "U" else 0
    return points.size * (classes if classes > 2 else 1) < most


def _fit_histogram(
    estimator: Histogram, points: NDArray[np.float32], target: Target, plan: _Plan
) -> None:
    found = [_stopped_histogram(estimator, points, target, plan, split) for split in plan.splits]
    if found and not plan.again:
        (rounds,) = found
        del estimator._predictors[rounds:]
        estimator.train_score_ = estimator.train_score_[: rounds + 1]
        estimator.validation_score_ = estimator.validation_score_[: rounds + 1]
        return
    most = estimator.max_iter
    estimator.set_params(max_iter=_mean_rounds(found) if found else most)
    estimator.fit(_with_values(points), target, sample_weight=plan.weights)
    estimator.set_params(max_iter=most)


def _stopped_histogram(
    estimator: Histogram, points: NDArray[np.float32], target: Target, plan: _Plan, split: Split
) -> int:
    """Fits it to one side of the split, and returns the best round by the other."""
    fitted, aside = split
    estimator.set_params(early_stopping=True)
    estimator.fit(
        _with_values(points[fitted]),
        target[fitted],
        sample_weight=plan.weights_of(fitted),
        X_val=points[aside],
        y_val=target[aside],
        sample_weight_val=plan.weights_of(aside),
    )
    estimator.set_params(early_stopping=False)
    # The first score is that before any round; scores are losses with the sign turned.
    return max(1, int(np.argmax(estimator.validation_score_)))


def _mean_rounds(found: Sequence[int]) -> int:
    return round(sum(found) / len(found))


def _with_values(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Makes a column without any value one of zeros, which no tree divides by.

    scikit-learn finds no bins for it: within a fold all values of a column may be missing.
    """
    empty = np.isnan(points).all(axis=0)
    return np.where(empty, np.float32(0), points) if empty.any() else points


def _fit_vote(
    vote: VotingClassifier, points: NDArray[np.float32], target: Target, plan: _Plan
) -> None:
    """Fits the member to the places of the labels, and the vote as its own `fit` leaves it."""
    encoder = LabelEncoder().fit(target)
    ((name, member),) = vote.estimators
    _fit_xgboost(member, points, encoder.transform(target), plan)
    vote.le_, vote.classes_ = encoder, encoder.classes_
    vote.estimators_, vote.named_estimators_ = [member], Bunch(**{name: member})


def _fit_xgboost(
    member: XGBModel, points: NDArray[np.float32], target: NDArray[Any], plan: _Plan
) -> None:
    found = [_stopped_xgboost(member, points, target, plan, split) for split in plan.splits]
    if found and not plan.again:
        member._Booster = member.get_booster()[: found[0]]
        return
    most = member.n_estimators
    member.set_params(n_estimators=_mean_rounds(found) if found else most)
    member.fit(points, target, sample_weight=plan.weights)
    member.set_params(n_estimators=most)


def _stopped_xgboost(
    member: XGBModel,
    points: NDArray[np.float32],
    target: NDArray[Any],
    plan: _Plan,
    split: Split,
) -> int:
    """Fits it to one side of the split, and returns the best round by the other."""
    fitted, aside = split
    member.set_params(early_stopping_rounds=PATIENCE)
    member.fit(
        points[fitted],
        target[fitted],
        sample_weight=plan.weights_of(fitted),
        eval_set=[(points[aside], target[aside])],
        sample_weight_eval_set=None if plan.weights is None else [plan.weights[aside]],
        verbose=False,
    )
    member.set_params(early_stopping_rounds=None)
    # What the rows aside said of each round is nothing that a model answers by.
    del member.evals_result_
    rounds: int = member.best_iteration + 1
    return rounds
