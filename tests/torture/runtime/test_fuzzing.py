"""Mutated bundles, fifty thousand: none reads a file, lasts, or ends its reader."""

from pathlib import Path

import pytest
from tests.unit.runtime.support.fuzzing import exported, exported_second, fuzz
from tests.unit.trainer.support.estimators import CLASSIFIERS, REGRESSORS

from rookery_core.spec.estimators import EstimatorName
from rookery_core.spec.task import Task

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


SECOND: list[tuple[EstimatorName, Task]] = [
    *((estimator, "regression") for estimator in REGRESSORS),
    *((estimator, "classification") for estimator in CLASSIFIERS),
]


@pytest.mark.timeout(7200)
@pytest.mark.parametrize(("estimator", "task"), SECOND)
def test_no_mutated_bundle_of_format_2_reads_a_file_or_goes_beyond_its_limits(
    estimator: EstimatorName, task: Task, tmp_path: Path
) -> None:
    bundle = exported_second(estimator, task, tmp_path / "bundle")

    findings = fuzz(bundle, range(20_000, 20_000 + EACH), tmp_path / "work")

    assert findings.opened == []
    assert findings.verdicts.total() == EACH
    assert findings.verdicts["answers"] > 0
    assert findings.slowest < SECONDS
