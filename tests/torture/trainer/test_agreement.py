"""Exported models agree with their originals: every case, twenty draws of each."""

import pytest
from tests.unit.trainer.agreement import CASES, agreement

from rookery_core.estimators import EstimatorName
from rookery_core.manifest import PROBABILITY_TOLERANCE


@pytest.mark.parametrize("draw", range(20))
@pytest.mark.parametrize(("estimator", "features"), CASES)
def test_an_exported_model_agrees_on_the_whole_grid(
    estimator: EstimatorName, features: str, draw: int
) -> None:
    found = agreement(estimator, features, draw)

    assert found.largest_difference <= PROBABILITY_TOLERANCE
