"""Exported models agree with their originals: one draw of each case; all in the torture tier."""

import pytest
from tests.unit.trainer.support.agreement import CASES, agreement, searching_spec
from tests.unit.trainer.support.estimators import CLASSIFIERS
from tests.unit.trainer.support.penguins import fitted, measured_rows, parted

from rookery_core.contract import contract_of
from rookery_core.manifest import PROBABILITY_TOLERANCE
from rookery_core.spec.estimators import EstimatorName
from rookery_runtime.graph.rebuild import rebuild
from rookery_runtime.prediction.onnx_session import Session
from rookery_trainer.bundle.onnx_graph import onnx_model
from rookery_trainer.bundle.served import ServedModel
from rookery_trainer.bundle.verification_rows import verification_rows
from rookery_trainer.model.search_space import first_configurations


@pytest.mark.parametrize(("estimator", "features"), CASES)
def test_an_exported_model_agrees_on_all_verification_rows(
    estimator: EstimatorName, features: str
) -> None:
    found = agreement(estimator, features, draw=1)

    assert found.rows > 5_344
    assert found.largest_difference <= PROBABILITY_TOLERANCE


@pytest.mark.parametrize("features", ["numbers", "categories", "both"])
@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_the_rebuilt_graph_answers_bit_for_bit_as_the_exported_one(
    estimator: EstimatorName, features: str
) -> None:
    spec = searching_spec(estimator, features)
    snapshot = parted(spec, measured_rows(spec), seed=0)
    pipeline = fitted(snapshot, first_configurations(spec, 0, 0)[0].parameters, seed=0)
    exported = onnx_model(pipeline, spec)
    rows = verification_rows(spec, pipeline, measured_rows(spec).features, seed=0)

    rebuilt = rebuild(exported, contract_of(spec)).content

    answers = [
        ServedModel(Session(content), contract_of(spec)).answers(rows)
        for content in (exported, rebuilt)
    ]
    assert answers[0].tobytes() == answers[1].tobytes()
    assert rebuild(rebuilt, contract_of(spec)).content == rebuilt
