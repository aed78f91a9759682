"""How many truths of new rows lie within a 90 % interval: 88 to 93 %, mean over twenty splits."""

import os

import numpy as np
import pytest
from tests.unit.trainer.support.intervals import TABLES, found_by
from threadpoolctl import threadpool_limits

from rookery_trainer.model.trial import Configuration

SPLITS = 20
CONFIGURATIONS = (
    Configuration("ridge", {}),
    Configuration("hist_gradient_boosting", {}),
)

pytestmark = pytest.mark.timeout(3600)


@pytest.mark.parametrize("configuration", CONFIGURATIONS, ids=lambda each: each.estimator)
@pytest.mark.parametrize("name", TABLES)
def test_the_mean_coverage_is_about_what_the_spec_says(
    name: str, configuration: Configuration, capsys: pytest.CaptureFixture[str]
) -> None:
    make, keys = TABLES[name]
    with threadpool_limits(1):
        covered = [found_by(make(seed), keys, configuration, seed)[1] for seed in range(SPLITS)]

    with capsys.disabled():
        told = f"mean {np.mean(covered):.3f}, least {min(covered):.3f}, most {max(covered):.3f}"
        os.write(1, f"\n{name}, {configuration.estimator}: {told}\n".encode())
    assert 0.88 <= np.mean(covered) <= 0.93
