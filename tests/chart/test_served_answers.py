"""The helm test of predictions: answers are compared with the manifest, classes and numbers."""

from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

import pytest
from tools.checkout import ROOT
from tools.harness.house import house
from tools.harness.linear_bundle import linear_bundle

from rookery_core.errors import RookeryError
from rookery_core.manifest import Manifest


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that the test's pod runs."""
    path = ROOT / "charts" / "rookery" / "files" / "tests" / "prediction.py"
    found = spec_from_file_location("prediction", path)
    assert found is not None
    assert found.loader is not None
    module = module_from_spec(found)
    found.loader.exec_module(module)
    return module


def manifest(task: str, transform: str = "none") -> Manifest:
    spec = house(transform=transform) if task == "regression" else house()
    if task == "classification":
        spec = spec.model_copy(update={"target": "garden", "features": ("area", "town")})
    return linear_bundle(spec, center=5.0).manifest


def answers(of: Manifest, factor: float = 1.0) -> list[dict[str, Any]]:
    """What the API says of the golden rows, each number times `factor`."""
    if of.contract.task == "regression":
        return [{"value": (row.value or 0.0) * factor} for row in of.golden]
    return [
        {
            "class": row.label,
            "probabilities": {
                name: share * factor
                for name, share in zip(of.contract.classes, row.probabilities, strict=True)
            },
        }
        for row in of.golden
    ]


CASES = [("classification", "none"), ("regression", "none"), ("regression", "log")]


@pytest.mark.parametrize(("task", "transform"), CASES)
def test_answers_as_in_the_manifest_pass(script: ModuleType, task: str, transform: str) -> None:
    of = manifest(task, transform)

    script.compare("house", of, answers(of))


@pytest.mark.parametrize(("task", "transform"), CASES)
def test_another_answer_fails(script: ModuleType, task: str, transform: str) -> None:
    of = manifest(task, transform)

    with pytest.raises(RookeryError, match="'house' answers"):
        script.compare("house", of, answers(of, 1.001))
    with pytest.raises(RookeryError, match="1 answers"):
        script.compare("house", of, answers(of)[:1])
