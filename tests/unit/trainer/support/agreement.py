"""Agreement of exported models with their originals, for any estimator and draw."""

import numpy as np
from tests.unit.trainer.support.penguins import (
    EVERYTHING,
    MEASURES,
    fitted,
    measured_rows,
    parted,
    species_spec,
)

from rookery_core.contract import contract_of
from rookery_core.distributions import Choice, LogUniform, RandInt, Uniform
from rookery_core.estimators import ESTIMATORS, EstimatorName
from rookery_core.spec import ModelSpec
from rookery_trainer.bundle.export_guard import check_exportable
from rookery_trainer.bundle.onnx_graph import onnx_model
from rookery_trainer.bundle.served import ServedModel
from rookery_trainer.bundle.verification import Agreement, verify
from rookery_trainer.bundle.verification_rows import verification_rows
from rookery_trainer.model.search_space import first_configurations

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
}
"""Sensible search spaces, ends of ranges included."""

FEATURES: dict[str, tuple[str, ...]] = {
    "numbers": MEASURES,
    "categories": ("island", "sex"),
    "both": EVERYTHING,
    "one number": ("bill_length_mm",),
}

CASES = [(estimator, features) for estimator in ESTIMATORS for features in FEATURES]


def searching_spec(estimator: EstimatorName, features: str) -> ModelSpec:
    """Makes a spec of the measured penguins with the estimator's space."""
    return species_spec(estimator, SPACES[estimator], FEATURES[features])


def agreement(estimator: EstimatorName, features: str, draw: int) -> Agreement:
    """Fits and exports configuration `draw` of the estimator's space; returns its agreement.

    Raises:
        Refused: where it does not agree.
    """
    spec = searching_spec(estimator, features)
    snapshot = parted(spec, measured_rows(spec), seed=draw)
    parameters = first_configurations(spec, draw, 0)[0]
    pipeline = fitted(snapshot, parameters, seed=draw)
    check_exportable(pipeline, spec)
    served = ServedModel.exported(onnx_model(pipeline, spec), contract_of(spec))
    known = measured_rows(spec).features
    rows = verification_rows(
        spec, pipeline, known, seed=int(np.random.default_rng(draw).integers(2**31))
    )
    return verify(pipeline, served, spec, rows)
