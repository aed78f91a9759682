"""Mutated bundles, twenty thousand: none reads a file, lasts, or ends its reader."""

from pathlib import Path

import pytest
from tests.unit.runtime.support.fuzzing import exported, fuzz
from tests.unit.trainer.support.estimators import CLASSIFIERS

from rookery_core.spec.estimators import EstimatorName

EACH = 3334
SECONDS = 60


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_no_mutated_bundle_reads_a_file_or_goes_beyond_its_limits(
    estimator: EstimatorName, tmp_path: Path
) -> None:
    bundle = exported(estimator, tmp_path / "bundle")

    findings = fuzz(bundle, range(10_000, 10_000 + EACH), tmp_path / "work")

    assert findings.opened == []
    assert findings.verdicts.total() == EACH
    assert findings.verdicts["answers"] > 0
    assert findings.slowest < SECONDS
