"""What an API of the first release reads of today's bundles: its own format, and nothing else.

`recorded/manifest.schema.json` is the schema of its manifest's reader, which knows no other keys.
"""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.unit.trainer.support.first_version import (
    RECORDED,
    first_version_snapshot,
    first_version_spec,
)
from tests.unit.trainer.support.fitted_bundles import export_of
from tests.unit.trainer.support.second_version import second_snapshot, spec_of

from rookery_core.spec.estimators import EstimatorName

READ: dict[str, Any] = json.loads((RECORDED / "manifest.schema.json").read_text())
FIRST: tuple[EstimatorName, ...] = (
    "random_forest",
    "extra_trees",
    "gradient_boosting",
    "logistic_regression",
    "k_nearest_neighbors",
    "calibrated_svc",
)
LARGEST = 1024 * 1024
"""Bytes of a manifest that it reads."""


@pytest.mark.parametrize("estimator", FIRST)
def test_it_reads_the_manifest_of_a_first_version_spec(
    tmp_path: Path, estimator: EstimatorName
) -> None:
    space = first_version_spec("species").search_space
    changes = {"estimator": estimator, "search_space": space}
    spec = first_version_spec("species").model_copy(update=changes)

    export_of(tmp_path, first_version_snapshot(spec))

    text = (tmp_path / "manifest.json").read_bytes()
    jsonschema.validate(json.loads(text), READ)
    assert len(text) <= LARGEST
    assert sorted(each.name for each in tmp_path.iterdir()) == ["manifest.json", "model.onnx"]


@pytest.mark.parametrize("estimator", ["random_forest", "hist_gradient_boosting"])
def test_it_refuses_the_manifest_of_the_second_version_for_its_format(
    tmp_path: Path, estimator: EstimatorName
) -> None:
    spec = spec_of().model_copy(update={"estimator": estimator})

    export_of(tmp_path, second_snapshot(spec))

    manifest = json.loads((tmp_path / "manifest.json").read_bytes())
    faults = {
        each.json_path for each in jsonschema.Draft202012Validator(READ).iter_errors(manifest)
    }
    assert "$.format" in faults
