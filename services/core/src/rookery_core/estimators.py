"""The reviewed scikit-learn classifiers: those whose exported model agrees with the original.

The list and its limits were measured (docs/decisions/0001-reviewed-estimators.md): trees get no
scaler, k-nearest neighbours has uniform weights and an odd k, support vectors are calibrated.
"""

from typing import Literal, get_args

EstimatorName = Literal[
    "random_forest",
    "extra_trees",
    "gradient_boosting",
    "logistic_regression",
    "k_nearest_neighbors",
    "calibrated_svc",
]
ESTIMATORS: tuple[EstimatorName, ...] = get_args(EstimatorName)

_FOREST = frozenset(
    {
        "n_estimators",
        "criterion",
        "max_depth",
        "min_samples_split",
        "min_samples_leaf",
        "max_features",
        "max_leaf_nodes",
        "bootstrap",
        "class_weight",
        "ccp_alpha",
    }
)

SEARCHABLE: dict[EstimatorName, frozenset[str]] = {
    "random_forest": _FOREST,
    "extra_trees": _FOREST,
    "gradient_boosting": frozenset(
        {
            "n_estimators",
            "learning_rate",
            "max_depth",
            "min_samples_split",
            "min_samples_leaf",
            "max_features",
            "subsample",
        }
    ),
    "logistic_regression": frozenset(
        {"C", "l1_ratio", "class_weight", "fit_intercept", "solver", "max_iter", "tol"}
    ),
    "k_nearest_neighbors": frozenset({"n_neighbors", "p"}),
    "calibrated_svc": frozenset({"C", "kernel", "gamma", "class_weight"}),
}
"""The parameters of each estimator that a search space may name."""
