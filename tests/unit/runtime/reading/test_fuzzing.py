"""Mutated bundles: three hundred; twenty thousand in the torture tier."""

import asyncio
from pathlib import Path

import pytest
from tests.unit.runtime.support.fuzzing import cases, exported, exported_second, fuzz
from tests.unit.trainer.support.estimators import CLASSIFIERS, REGRESSORS

from rookery_core.errors import Refused
from rookery_core.spec.estimators import EstimatorName
from rookery_runtime.bundle import bundle_of
from rookery_runtime.reading.child import read_bundle

EACH = 50
BOOSTED: tuple[EstimatorName, ...] = ("hist_gradient_boosting", "xgboost")
"""Their classes too are answered by a regressor of trees."""
SECONDS = 60
"""Generous: the machine may be busy with other tests."""


@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_no_mutated_bundle_reads_a_file_or_goes_beyond_its_limits(
    estimator: EstimatorName, tmp_path: Path
) -> None:
    bundle = exported(estimator, tmp_path / "bundle")

    findings = fuzz(bundle, range(EACH), tmp_path / "work")

    assert findings.opened == []
    assert findings.verdicts.total() == EACH
    assert findings.verdicts["refused"] > EACH / 2
    assert findings.slowest < SECONDS


@pytest.mark.parametrize("estimator", REGRESSORS)
def test_no_mutated_bundle_of_numbers_reads_a_file_or_goes_beyond_its_limits(
    estimator: EstimatorName, tmp_path: Path
) -> None:
    bundle = exported_second(estimator, "regression", tmp_path / "bundle")

    findings = fuzz(bundle, range(EACH), tmp_path / "work")

    assert findings.opened == []
    assert findings.verdicts.total() == EACH
    assert findings.verdicts["refused"] > EACH / 2
    assert findings.slowest < SECONDS


@pytest.mark.parametrize("estimator", BOOSTED)
def test_no_mutated_bundle_of_boosted_classes_reads_a_file_or_goes_beyond_its_limits(
    estimator: EstimatorName, tmp_path: Path
) -> None:
    bundle = exported_second(estimator, "classification", tmp_path / "bundle")

    findings = fuzz(bundle, range(EACH), tmp_path / "work")

    assert findings.opened == []
    assert findings.verdicts["refused"] > EACH / 2
    assert findings.slowest < SECONDS


def test_a_child_comes_to_an_answer_on_every_mutated_bundle(tmp_path: Path) -> None:
    bundle = exported("random_forest", tmp_path / "bundle")

    async def read_all() -> list[str]:
        refused = []
        for content in cases(bundle, range(1000, 1024)):
            try:
                await read_bundle(bundle_of(bundle.manifest, content), seconds=SECONDS)
            except Refused as error:
                refused.append(str(error))
        return refused

    refused = asyncio.run(read_all())
    assert len(refused) >= 12
    assert not [told for told in refused if "ended with" in told or "cannot be read" in told]
