"""The trees of a fitted boosted estimator, in one form whatever library grew them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    VotingClassifier,
)
from xgboost import XGBModel

from rookery_core.errors import Refused

_OBJECTIVES = frozenset(
    {"binary:logistic", "multi:softprob", "reg:squarederror", "reg:absoluteerror"}
)
Rule = Literal["BRANCH_LEQ", "BRANCH_LT"]


@dataclass(frozen=True)
class Tree:
    """One tree; each list is [nodes], the root first."""

    output: int
    """Which of the ensemble's outputs its leaves add to."""
    feature: NDArray[np.int64]
    threshold: NDArray[np.float32]
    left: NDArray[np.int64]
    """Where a row goes that keeps to the rule; 0 for a leaf."""
    right: NDArray[np.int64]
    missing_left: NDArray[np.bool_]
    is_leaf: NDArray[np.bool_]
    value: NDArray[np.float32]
    """What a leaf adds."""


@dataclass(frozen=True)
class Boosted:
    """An ensemble: its outputs are its offsets and what each tree adds."""

    rule: Rule
    """Whether a row goes left whose number is the threshold."""
    offsets: tuple[float, ...]
    trees: tuple[Tree, ...]


def boosted_trees(estimator: Any) -> Boosted | None:
    """Reads the trees of a fitted boosted estimator; None of any other.

    Raises:
        Refused: a tree holds what no export can say.
    """
    if isinstance(estimator, HistGradientBoostingClassifier | HistGradientBoostingRegressor):
        return _histogram(estimator)
    if isinstance(estimator, VotingClassifier):
        (estimator,) = estimator.estimators_
    return _xgboost(estimator) if isinstance(estimator, XGBModel) else None


def _histogram(
    estimator: HistGradientBoostingClassifier | HistGradientBoostingRegressor,
) -> Boosted:
    trees = [
        _histogram_tree(predictor.nodes, output)
        for grown in estimator._predictors
        for output, predictor in enumerate(grown)
    ]
    offsets = np.ravel(estimator._baseline_prediction)
    return Boosted("BRANCH_LEQ", tuple(float(offset) for offset in offsets), tuple(trees))


def _histogram_tree(nodes: NDArray[Any], output: int) -> Tree:
    if nodes["is_categorical"].any():
        raise Refused("a tree divides by sets of categories, which the exported model can't")
    is_leaf = nodes["is_leaf"].astype(np.bool_)
    return Tree(
        output=output,
        feature=np.where(is_leaf, 0, nodes["feature_idx"]).astype(np.int64),
        threshold=np.where(is_leaf, 0, rounded_down(nodes["num_threshold"])),
        left=np.where(is_leaf, 0, nodes["left"]).astype(np.int64),
        right=np.where(is_leaf, 0, nodes["right"]).astype(np.int64),
        missing_left=~is_leaf & nodes["missing_go_to_left"].astype(np.bool_),
        is_leaf=is_leaf,
        value=np.where(is_leaf, nodes["value"], 0).astype(np.float32),
    )


def rounded_down(numbers: NDArray[np.float64]) -> NDArray[np.float32]:
    """Rounds to the next float32 that is not greater: no float32 lies between the two."""
    with np.errstate(over="ignore"):
        near = numbers.astype(np.float32)
        below = np.nextafter(near, np.float32(-np.inf))
    return np.where(near.astype(np.float64) > numbers, below, near)


def _xgboost(estimator: XGBModel) -> Boosted:
    booster = estimator.get_booster()
    head = json.loads(booster.save_config())["learner"]
    model = json.loads(booster.save_raw("json"))["learner"]["gradient_booster"]["model"]
    offsets = np.array(json.loads(head["learner_model_param"]["base_score"]), dtype=np.float64)
    objective = head["objective"]["name"]
    if objective not in _OBJECTIVES:
        raise Refused(f"no export is known of XGBoost's objective {objective!r}")
    if objective == "binary:logistic":
        # The one objective whose offset is told as a probability.
        offsets = np.log(offsets / (1 - offsets))
    trees = [
        _xgboost_tree(tree, output)
        for tree, output in zip(model["trees"], model["tree_info"], strict=True)
    ]
    return Boosted("BRANCH_LT", tuple(float(offset) for offset in offsets.ravel()), tuple(trees))


def _xgboost_tree(tree: dict[str, Sequence[Any]], output: int) -> Tree:
    if any(tree["split_type"]):
        raise Refused("a tree divides by sets of categories, which the exported model can't")
    left, right = (np.array(tree[f"{side}_children"], np.int64) for side in ("left", "right"))
    is_leaf = left < 0
    # A leaf has its value where a split has its threshold.
    numbers = np.array(tree["split_conditions"], np.float32)
    return Tree(
        output=output,
        feature=np.where(is_leaf, 0, np.array(tree["split_indices"], np.int64)),
        threshold=np.where(is_leaf, np.float32(0), numbers),
        left=np.where(is_leaf, 0, left),
        right=np.where(is_leaf, 0, right),
        missing_left=~is_leaf & np.array(tree["default_left"], np.bool_),
        is_leaf=is_leaf,
        value=np.where(is_leaf, numbers, np.float32(0)),
    )
