"""Exported models agree with their originals: one draw of each case; all in the torture tier."""

import pytest
from tests.unit.trainer.agreement import CASES, agreement

from rookery_core.estimators import EstimatorName
from rookery_core.manifest import PROBABILITY_TOLERANCE


@pytest.mark.parametrize(("estimator", "features"), CASES)
def test_an_exported_model_agrees_on_the_whole_grid(
    estimator: EstimatorName, features: str
) -> None:
    found = agreement(estimator, features, draw=1)

    assert found.rows > 5_344
    assert found.largest_difference <= PROBABILITY_TOLERANCE
