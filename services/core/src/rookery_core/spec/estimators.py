"""The reviewed scikit-learn classifiers: those whose exported model agrees with the original.

The list and its limits were measured (docs/decisions/0001-reviewed-estimators.md): trees get no
scaler, k-nearest neighbours has uniform weights and an odd k, support vectors are calibrated.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from rookery_core.spec.distributions import Choice, Distribution
from rookery_core.spec.domains import Between, Domain

_TREE: dict[str, Domain] = {
    "n_estimators": Domain(whole=Between(1, 10_000)),
    "max_depth": Domain(whole=Between(1), none=True),
    "min_samples_split": Domain(whole=Between(2), real=Between(0, 1, open_low=True)),
    "min_samples_leaf": Domain(whole=Between(1), real=Between(0, 1, open_low=True, open_high=True)),
    "max_features": Domain(
        whole=Between(1), real=Between(0, 1, open_low=True), words=("sqrt", "log2"), none=True
    ),
}
_POSITIVE = Domain(real=Between(0, open_low=True))
_FLAG = Domain(flag=True)
_CLASS_WEIGHT = Domain(words=("balanced",), none=True)
_FOREST: dict[str, Domain] = {
    **_TREE,
    "criterion": Domain(words=("gini", "entropy", "log_loss")),
    "max_leaf_nodes": Domain(whole=Between(2), none=True),
    "bootstrap": _FLAG,
    "class_weight": Domain(words=("balanced", "balanced_subsample"), none=True),
    "ccp_alpha": Domain(real=Between(0)),
}

SEARCHABLE: dict[str, dict[str, Domain]] = {
    "random_forest": _FOREST,
    "extra_trees": _FOREST,
    "gradient_boosting": {
        **_TREE,
        "learning_rate": _POSITIVE,
        "subsample": Domain(real=Between(0, 1, open_low=True)),
    },
    "logistic_regression": {
        "C": _POSITIVE,
        "l1_ratio": Domain(real=Between(0, 1)),
        "class_weight": _CLASS_WEIGHT,
        "fit_intercept": _FLAG,
        "solver": Domain(
            words=("lbfgs", "liblinear", "newton-cg", "newton-cholesky", "sag", "saga")
        ),
        "max_iter": Domain(whole=Between(1)),
        "tol": _POSITIVE,
    },
    "k_nearest_neighbors": {
        "n_neighbors": Domain(whole=Between(1), odd=True),
        "p": Domain(real=Between(1)),
    },
    "calibrated_svc": {
        "C": _POSITIVE,
        "kernel": Domain(words=("linear", "poly", "rbf", "sigmoid")),
        "gamma": Domain(real=Between(0, open_low=True), words=("scale", "auto")),
        "class_weight": _CLASS_WEIGHT,
    },
}
"""The estimators that a spec may name; of each, the parameters that a search space may name, and
their values. `rookery_trainer.estimators` says under the same name how it is made."""

if TYPE_CHECKING:
    EstimatorName = str
else:
    # One entry above adds an estimator, to the JSON Schema of a spec too.
    EstimatorName = Literal[tuple(SEARCHABLE)]


def check_search_space(estimator: EstimatorName, space: Mapping[str, Distribution]) -> None:
    """Checks that `estimator` takes every configuration that `space` can draw.

    Raises:
        ValueError: it does not; names the key and what it may be.
    """
    allowed = SEARCHABLE[estimator]
    for name, distribution in space.items():
        if name not in allowed:
            raise ValueError(
                f"search_space.{name}: not a parameter that {estimator} searches; "
                f"allowed: {sorted(allowed)}"
            )
        fault = allowed[name].fault(distribution)
        if fault:
            raise ValueError(f"search_space.{name}: {fault}")
    if "l1_ratio" in space and space.get("solver") != Choice(
        distribution="choice", values=("saga",)
    ):
        raise ValueError(
            "search_space.l1_ratio: only the solver saga takes it; "
            "add solver: {distribution: choice, values: [saga]}"
        )
