"""What the tests try of each estimator: a wide search space, and a small configuration."""

from rookery_core.spec.distributions import Choice, LogUniform, RandInt, Uniform
from rookery_core.spec.estimators import EstimatorName
from rookery_trainer.estimators import ESTIMATORS
from rookery_trainer.model.trial import Parameters

SPACES: dict[EstimatorName, dict[str, RandInt | Uniform | LogUniform | Choice]] = {
    "random_forest": {
        "n_estimators": RandInt(distribution="randint", low=10, high=201),
        "max_depth": Choice(distribution="choice", values=(2, 4, 8, 12, None)),
        "min_samples_leaf": RandInt(distribution="randint", low=1, high=9),
        "max_features": Choice(distribution="choice", values=("sqrt", None, 0.5)),
        "class_weight": Choice(distribution="choice", values=(None, "balanced")),
    },
    "extra_trees": {
        "n_estimators": RandInt(distribution="randint", low=10, high=201),
        "max_depth": Choice(distribution="choice", values=(2, 6, None)),
        "min_samples_split": RandInt(distribution="randint", low=2, high=11),
        "bootstrap": Choice(distribution="choice", values=(True, False)),
    },
    "gradient_boosting": {
        "n_estimators": RandInt(distribution="randint", low=10, high=101),
        "learning_rate": LogUniform(distribution="loguniform", a=0.01, b=1.0),
        "max_depth": RandInt(distribution="randint", low=1, high=6),
        "subsample": Uniform(distribution="uniform", loc=0.5, scale=0.5),
    },
    "logistic_regression": {
        "C": LogUniform(distribution="loguniform", a=0.001, b=1000.0),
        "class_weight": Choice(distribution="choice", values=(None, "balanced")),
    },
    "k_nearest_neighbors": {
        "n_neighbors": Choice(distribution="choice", values=tuple(range(1, 32, 2))),
        "p": Choice(distribution="choice", values=(1, 1.5, 2, 3)),
    },
    "calibrated_svc": {
        "C": LogUniform(distribution="loguniform", a=0.01, b=1000.0),
        "kernel": Choice(distribution="choice", values=("linear", "poly", "rbf", "sigmoid")),
        "gamma": Choice(distribution="choice", values=("scale", 0.1, 1.0)),
    },
    "ridge": {
        "alpha": LogUniform(distribution="loguniform", a=1e-6, b=1e6),
        "fit_intercept": Choice(distribution="choice", values=(True, False)),
    },
    "hist_gradient_boosting": {
        "learning_rate": LogUniform(distribution="loguniform", a=0.01, b=1.0),
        "max_iter": RandInt(distribution="randint", low=1, high=300),
        "max_leaf_nodes": Choice(distribution="choice", values=(2, 7, 31, None)),
        "min_samples_leaf": RandInt(distribution="randint", low=1, high=30),
        "max_bins": Choice(distribution="choice", values=(2, 16, 255)),
    },
    "xgboost": {
        "learning_rate": LogUniform(distribution="loguniform", a=0.01, b=1.0),
        "n_estimators": RandInt(distribution="randint", low=1, high=300),
        "max_depth": RandInt(distribution="randint", low=1, high=10),
        "min_child_weight": Uniform(distribution="uniform", loc=0.0, scale=5.0),
        "subsample": Uniform(distribution="uniform", loc=0.5, scale=0.5),
    },
}
"""Sensible search spaces, ends of ranges included."""

SMALL: dict[EstimatorName, Parameters] = {
    "random_forest": {"n_estimators": 3, "max_depth": 4},
    "extra_trees": {"n_estimators": 3, "max_depth": 4},
    "gradient_boosting": {"n_estimators": 3},
    "logistic_regression": {"C": 1.0},
    "k_nearest_neighbors": {"n_neighbors": 5},
    "calibrated_svc": {"C": 1.0},
    "ridge": {"alpha": 1.0},
    "hist_gradient_boosting": {"max_iter": 5},
    "xgboost": {"n_estimators": 5},
}
"""Configurations that are fitted and exported at once."""

CLASSIFIERS = [name for name, known in ESTIMATORS.items() if "classification" in known.tasks]
REGRESSORS = [name for name, known in ESTIMATORS.items() if "regression" in known.tasks]
