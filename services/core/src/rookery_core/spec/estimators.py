"""The reviewed estimators: those whose exported model agrees with the original.

The list and its limits were measured (docs/decisions/0001-reviewed-estimators.md): trees get no
scaler, k-nearest neighbours has uniform weights and an odd k, support vectors are calibrated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rookery_core.spec.distributions import (
    Choice,
    Distribution,
    LogUniform,
    RandInt,
    Uniform,
)
from rookery_core.spec.domains import Between, Domain
from rookery_core.spec.task import Task

_TREE: dict[str, Domain] = {
    "n_estimators": Domain(whole=Between(1, 10_000)),
    "max_depth": Domain(whole=Between(1), none=True),
    "min_samples_split": Domain(whole=Between(2), real=Between(0, 1, open_low=True)),
    "min_samples_leaf": Domain(whole=Between(1), real=Between(0, 1, open_low=True, open_high=True)),
    "max_features": Domain(
        whole=Between(1), real=Between(0, 1, open_low=True), words=("sqrt", "log2"), none=True
    ),
}
CLASS_WEIGHT = "class_weight"
"""The parameter by which classes of few rows count as much as others."""
OF_CLASSES = frozenset({CLASS_WEIGHT, "criterion"})
"""Parameters that only a model of classes has; a model of numbers follows the spec's `loss`."""
_BOTH: tuple[Task, ...] = ("classification", "regression")
_POSITIVE = Domain(real=Between(0, open_low=True))
_FLAG = Domain(flag=True)
_CLASS_WEIGHT = Domain(words=("balanced",), none=True)
_FOREST: dict[str, Domain] = {
    **_TREE,
    "criterion": Domain(words=("gini", "entropy", "log_loss")),
    "max_leaf_nodes": Domain(whole=Between(2), none=True),
    "bootstrap": _FLAG,
    CLASS_WEIGHT: Domain(words=("balanced", "balanced_subsample"), none=True),
    "ccp_alpha": Domain(real=Between(0)),
}

# All features at each split (None) would take most of a sweep's time: decision 0107.
_FOREST_SPACE: dict[str, Distribution] = {
    "n_estimators": RandInt(distribution="randint", low=50, high=201),
    "max_depth": Choice(distribution="choice", values=(4, 6, 8, 12, 16, 24)),
    "min_samples_split": RandInt(distribution="randint", low=2, high=11),
    "min_samples_leaf": RandInt(distribution="randint", low=1, high=9),
    "max_features": Choice(distribution="choice", values=("sqrt", "log2", 0.5)),
}
# A forest of numbers gains by more features at each split (Breiman 2001 has a third of them).
_NUMBER_FOREST_SPACE: dict[str, Distribution] = {
    **_FOREST_SPACE,
    "max_depth": Choice(distribution="choice", values=(6, 8, 12, 16, 24)),
    "max_features": Choice(distribution="choice", values=("sqrt", 0.3, 0.5, 0.8)),
}
_WEIGHTED_OR_NOT = Choice(distribution="choice", values=(None, "balanced"))


_WHOLE_SHARE = Domain(real=Between(0, 1, open_low=True))


@dataclass(frozen=True)
class Searchable:
    """What a search space of an estimator may hold, and its reviewed default."""

    domains: Mapping[str, Domain]
    """The parameters that a search space may name, and their values."""
    space: Mapping[str, Distribution]
    """What is drawn from where a spec names no search space: more than twenty configurations."""
    tasks: tuple[Task, ...] = ("classification",)
    """What it can predict."""
    number_space: Mapping[str, Distribution] | None = None
    """What is drawn from where the target is a number; None: the same."""
    weighted: bool = True
    """Whether rows may count more than others in its fit."""
    since: int = 1
    """The first version of a spec's rules that knows it."""
    new_parameters: frozenset[str] = frozenset()
    """Those of its parameters that only the second version knows."""
    monotone: bool = False
    """Whether its answers can be kept from falling, or from rising, with a feature."""

    def domains_for(self, task: Task) -> Mapping[str, Domain]:
        """Selects the parameters that a search space may name for the task."""
        if task == "classification":
            return self.domains
        return {name: each for name, each in self.domains.items() if name not in OF_CLASSES}

    def space_for(self, task: Task) -> Mapping[str, Distribution]:
        """Returns what is drawn from for the task where a spec names no search space."""
        if task == "classification" or self.number_space is None:
            return self.space
        return self.number_space


AUTO = "auto"
"""Stands for every estimator that has a form for the task."""
DEFAULT_ESTIMATOR = AUTO
"""What a spec that is written for a table names."""
SEARCHABLE: dict[str, Searchable] = {
    "random_forest": Searchable(_FOREST, _FOREST_SPACE, _BOTH, _NUMBER_FOREST_SPACE),
    "extra_trees": Searchable(_FOREST, _FOREST_SPACE, _BOTH, _NUMBER_FOREST_SPACE),
    "gradient_boosting": Searchable(
        {
            **_TREE,
            "learning_rate": _POSITIVE,
            "subsample": Domain(real=Between(0, 1, open_low=True)),
            CLASS_WEIGHT: _CLASS_WEIGHT,
        },
        {
            "n_estimators": RandInt(distribution="randint", low=50, high=301),
            "learning_rate": LogUniform(distribution="loguniform", a=0.02, b=0.3),
            "max_depth": RandInt(distribution="randint", low=2, high=6),
            "min_samples_leaf": RandInt(distribution="randint", low=1, high=21),
            "subsample": Uniform(distribution="uniform", loc=0.5, scale=0.5),
        },
        _BOTH,
        new_parameters=frozenset({CLASS_WEIGHT}),
    ),
    "logistic_regression": Searchable(
        {
            "C": _POSITIVE,
            "l1_ratio": Domain(real=Between(0, 1)),
            CLASS_WEIGHT: _CLASS_WEIGHT,
            "fit_intercept": _FLAG,
            "solver": Domain(
                words=("lbfgs", "liblinear", "newton-cg", "newton-cholesky", "sag", "saga")
            ),
            "max_iter": Domain(whole=Between(1)),
            "tol": _POSITIVE,
        },
        {
            "C": LogUniform(distribution="loguniform", a=0.01, b=100),
            CLASS_WEIGHT: _WEIGHTED_OR_NOT,
        },
    ),
    "k_nearest_neighbors": Searchable(
        {"n_neighbors": Domain(whole=Between(1), odd=True), "p": Domain(real=Between(1))},
        {
            "n_neighbors": Choice(
                distribution="choice", values=(1, 3, 5, 7, 9, 11, 15, 21, 25, 31, 41, 51)
            ),
            "p": Choice(distribution="choice", values=(1, 1.5, 2)),
        },
        _BOTH,
        weighted=False,
    ),
    "calibrated_svc": Searchable(
        {
            "C": _POSITIVE,
            "kernel": Domain(words=("linear", "poly", "rbf", "sigmoid")),
            "gamma": Domain(real=Between(0, open_low=True), words=("scale", "auto")),
            CLASS_WEIGHT: _CLASS_WEIGHT,
        },
        {
            "C": LogUniform(distribution="loguniform", a=0.01, b=100),
            "gamma": LogUniform(distribution="loguniform", a=0.0001, b=1),
            CLASS_WEIGHT: _WEIGHTED_OR_NOT,
        },
    ),
    "hist_gradient_boosting": Searchable(
        {
            "learning_rate": _POSITIVE,
            "max_iter": Domain(whole=Between(1, 10_000)),
            "max_leaf_nodes": Domain(whole=Between(2), none=True),
            "max_depth": Domain(whole=Between(1), none=True),
            "min_samples_leaf": Domain(whole=Between(1)),
            "l2_regularization": Domain(real=Between(0)),
            "max_features": _WHOLE_SHARE,
            "max_bins": Domain(whole=Between(2, 255)),
            CLASS_WEIGHT: _CLASS_WEIGHT,
        },
        {
            "learning_rate": LogUniform(distribution="loguniform", a=0.02, b=0.3),
            "max_leaf_nodes": RandInt(distribution="randint", low=7, high=64),
            "min_samples_leaf": RandInt(distribution="randint", low=5, high=61),
            "l2_regularization": LogUniform(distribution="loguniform", a=1e-4, b=10),
            "max_features": Uniform(distribution="uniform", loc=0.3, scale=0.7),
        },
        tasks=_BOTH,
        since=2,
        monotone=True,
    ),
    "xgboost": Searchable(
        {
            "learning_rate": _POSITIVE,
            "n_estimators": Domain(whole=Between(1, 10_000)),
            "max_depth": Domain(whole=Between(1, 100)),
            "min_child_weight": Domain(real=Between(0)),
            "gamma": Domain(real=Between(0)),
            "subsample": _WHOLE_SHARE,
            "colsample_bytree": _WHOLE_SHARE,
            "reg_lambda": Domain(real=Between(0)),
            "reg_alpha": Domain(real=Between(0)),
            "max_bin": Domain(whole=Between(2, 65_535)),
            CLASS_WEIGHT: _CLASS_WEIGHT,
        },
        {
            "learning_rate": LogUniform(distribution="loguniform", a=0.02, b=0.3),
            "max_depth": RandInt(distribution="randint", low=3, high=11),
            "min_child_weight": LogUniform(distribution="loguniform", a=0.5, b=20),
            "subsample": Uniform(distribution="uniform", loc=0.5, scale=0.5),
            "colsample_bytree": Uniform(distribution="uniform", loc=0.5, scale=0.5),
            "reg_lambda": LogUniform(distribution="loguniform", a=0.01, b=10),
            "max_bin": Choice(distribution="choice", values=(256, 1024)),
        },
        tasks=_BOTH,
        since=2,
        monotone=True,
    ),
    "ridge": Searchable(
        {"alpha": _POSITIVE, "fit_intercept": _FLAG},
        {"alpha": LogUniform(distribution="loguniform", a=0.01, b=1_000)},
        ("regression",),
        since=2,
    ),
}
"""The estimators that a spec may name. `rookery_trainer.estimators` says under the same name how
each is made."""

if TYPE_CHECKING:
    EstimatorName = str
    EstimatorChoice = str
else:
    # One entry above adds an estimator, to the JSON Schema of a spec too.
    EstimatorName = Literal[tuple(SEARCHABLE)]
    EstimatorChoice = Literal[(*SEARCHABLE, AUTO)]
