"""The manifest: what it says belongs to its format and to its task."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from rookery_core.manifest import Manifest

Document = dict[str, Any]
SHA = "0" * 64


@pytest.fixture
def number() -> Document:
    """The manifest of a model that answers a number."""
    return {
        "format": 2,
        "contract": {
            "model": "house",
            "title": "house",
            "task": "regression",
            "target": "price",
            "unit": "EUR",
            "features": [{"kind": "number", "name": "area", "example": 80.0}],
            "classes": [],
            "folded_names": True,
        },
        "model_sha256": SHA,
        "model_bytes": 10,
        "estimator": "random_forest",
        "parameters": {},
        "metrics": {"rmse": 3.0},
        "metric": "rmse",
        "data_digest": "d",
        "training_rows": 100,
        "holdout_rows": 20,
        "spec_digest": SHA,
        "sweep_id": "s",
        "run_id": "r",
        "trained_at": "2026-01-31T12:00:00Z",
        "center": 100.5,
        "deviation": 12.5,
        "golden": [{"inputs": {"area": 80.0}, "value": 99.0}],
    }


def read(document: Document) -> Manifest:
    return Manifest.model_validate_json(json.dumps(document))


def test_the_manifest_of_a_number_survives_json(number: Document) -> None:
    manifest = read(number)

    assert (manifest.center, manifest.deviation, manifest.transform) == (100.5, 12.5, "none")
    assert Manifest.model_validate_json(manifest.model_dump_json()) == manifest
    assert "label" not in manifest.model_dump(mode="json")["golden"][0]


def test_an_interval_reaches_to_both_sides_of_its_answer(number: Document) -> None:
    number["contract"]["interval"] = 0.9
    number["residuals"] = {"low": -1.5, "high": 2.0}

    found = read(number)

    assert found.residuals is not None
    assert (found.residuals.low, found.residuals.high) == (-1.5, 2.0)
    for beyond in ({"low": 0.5, "high": 2.0}, {"low": -1.5, "high": -1.0}):
        with pytest.raises(ValidationError, match="residuals"):
            read(number | {"residuals": beyond})


def _golden(**row: Any) -> Document:
    return {"golden": [{"inputs": {"area": 80.0}, **row}]}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"center": float("nan")}, "center"),
        ({"center": float("inf")}, "center"),
        ({"deviation": 0}, "the target of a model of numbers is not constant"),
        ({"deviation": -1.0}, "deviation"),
        ({"deviation": float("nan")}, "deviation"),
        ({"deviation": float("inf")}, "deviation"),
        ({"transform": "sqrt"}, "transform"),
        ({"format": 1}, "needs format 2"),
        (_golden(), "has a value alone"),
        (_golden(value=float("nan")), "golden"),
        (_golden(value=1.0, label="a"), "has a value alone"),
        (_golden(value=1.0, probabilities=[1.0]), "has a value alone"),
        ({"transform": "log", **_golden(value=0.0)}, "is above 0"),
        ({"residuals": {"low": -1.0, "high": 1.0}}, "they belong to an interval of the contract"),
    ],
)
def test_a_manifest_of_a_number_that_cannot_be_is_refused(
    number: Document, change: Document, said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        read(number | change)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"classes": ["a"]}, "a model that answers a number has none"),
        ({"task": "classification", "unit": ""}, "has at least one, and no unit"),
        ({"task": "classification", "classes": ["a"]}, "has at least one, and no unit"),
        ({"task": "ranking"}, "task"),
        ({"interval": 0.9}, "they belong to an interval of the contract"),
        ({"interval": 1.0}, "interval"),
    ],
)
def test_a_contract_of_another_task_than_its_answer_is_refused(
    number: Document, change: Document, said: str
) -> None:
    number["contract"] |= change

    with pytest.raises(ValidationError, match=said):
        read(number)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"center": 1.0}, "are of models of numbers alone"),
        ({"deviation": 1.0}, "are of models of numbers alone"),
        ({"transform": "log"}, "are of models of numbers alone"),
        ({"residuals": {"low": -1.0, "high": 1.0}}, "a model of classes answers no interval"),
        (_golden(value=1.0), "has a label and no value"),
        (_golden(label="a", probabilities=[1.0], value=1.0), "has a label and no value"),
    ],
)
def test_a_manifest_of_classes_has_nothing_of_a_number(
    number: Document, change: Document, said: str
) -> None:
    number["contract"] |= {"task": "classification", "unit": "", "classes": ["a"]}
    number |= {"center": 0, "deviation": 0, **_golden(label="a", probabilities=[1.0])}
    assert read(number).contract.task == "classification"

    with pytest.raises(ValidationError, match=said):
        read(number | change)
