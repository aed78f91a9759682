"""Exported models agree with their originals: one draw of each case; all in the torture tier."""

import pytest
from tests.unit.trainer.agreement import CASES, agreement, searching_spec
from tests.unit.trainer.penguins import fitted, measured_rows, parted

from rookery_api.graph import check_graph
from rookery_core.estimators import ESTIMATORS, EstimatorName
from rookery_core.manifest import PROBABILITY_TOLERANCE
from rookery_trainer.graph import onnx_model
from rookery_trainer.search_space import first_configurations


@pytest.mark.parametrize(("estimator", "features"), CASES)
def test_an_exported_model_agrees_on_the_whole_grid(
    estimator: EstimatorName, features: str
) -> None:
    found = agreement(estimator, features, draw=1)

    assert found.rows > 5_344
    assert found.largest_difference <= PROBABILITY_TOLERANCE


@pytest.mark.parametrize("features", ["numbers", "categories", "both"])
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_the_api_admits_the_export_of_every_reviewed_estimator(
    estimator: EstimatorName, features: str
) -> None:
    spec = searching_spec(estimator, features)
    snapshot = parted(spec, measured_rows(spec), seed=0)
    drawn = first_configurations(spec, 0, 0)[0]

    check_graph(onnx_model(fitted(snapshot, drawn, seed=0), spec))
