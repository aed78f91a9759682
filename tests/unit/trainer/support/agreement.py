"""Agreement of exported models with their originals, for any estimator and draw."""

import numpy as np
from tests.unit.trainer.support.estimators import CLASSIFIERS, SPACES
from tests.unit.trainer.support.penguins import (
    EVERYTHING,
    MEASURES,
    fitted,
    measured_rows,
    parted,
    species_spec,
)

from rookery_core.contract import contract_of
from rookery_core.spec.estimators import EstimatorName
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.bundle.export_guard import check_exportable
from rookery_trainer.bundle.onnx_graph import onnx_model
from rookery_trainer.bundle.served import ServedModel
from rookery_trainer.bundle.verification import Agreement, verify
from rookery_trainer.bundle.verification_rows import verification_rows
from rookery_trainer.model.search_space import first_configurations

FEATURES: dict[str, tuple[str, ...]] = {
    "numbers": MEASURES,
    "categories": ("island", "sex"),
    "both": EVERYTHING,
    "one number": ("bill_length_mm",),
}

CASES = [(estimator, features) for estimator in CLASSIFIERS for features in FEATURES]


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
    parameters = first_configurations(spec, draw, 0)[0].parameters
    pipeline = fitted(snapshot, parameters, seed=draw)
    check_exportable(pipeline, spec, estimator)
    served = ServedModel.exported(onnx_model(pipeline, spec), contract_of(spec))
    known = measured_rows(spec).features
    rows = verification_rows(
        spec, pipeline, known, seed=int(np.random.default_rng(draw).integers(2**31))
    )
    return verify(pipeline, served, spec, rows)
