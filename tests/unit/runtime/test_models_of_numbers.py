"""A model of numbers: read by a child, checked by its golden rows, answering in float64."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from tools.harness.house import ROW, house
from tools.harness.linear_bundle import linear_bundle

from rookery_core.errors import Refused
from rookery_core.manifest import Manifest
from rookery_runtime.bundle import bundle_of, open_manifest
from rookery_runtime.graph.rebuild import rebuild
from rookery_runtime.loaded_model import LoadedModel, load_model
from rookery_runtime.prediction.input_columns import Row
from rookery_runtime.reading.child import read_bundle


def loaded(manifest: Manifest, model: bytes) -> LoadedModel:
    reading = asyncio.run(read_bundle(bundle_of(manifest, model)))
    return load_model(manifest, reading)


@pytest.mark.parametrize("transform", ["none", "log"])
def test_a_model_answers_the_numbers_of_its_golden_rows(transform: str) -> None:
    made = linear_bundle(house(transform=transform), center=5.25)

    model = loaded(made.manifest, made.model)
    rows: list[Row] = [row.inputs for row in made.manifest.golden]
    values = model.values(model.columns(rows))

    assert values.shape == (2,)
    assert values.dtype == np.float64
    assert values.tolist() == [row.value for row in made.manifest.golden]


def test_a_large_mean_costs_no_digit_of_an_answer() -> None:
    made = linear_bundle(house())
    far = linear_bundle(house(), center=1e9)

    near_model, far_model = loaded(made.manifest, made.model), loaded(far.manifest, far.model)
    rows: list[Row] = [ROW, {**ROW, "area": 95.6}]
    columns = near_model.columns(rows)
    differences = np.diff(near_model.values(columns)), np.diff(far_model.values(columns))

    np.testing.assert_allclose(*differences, atol=2e-7)
    assert differences[1] != 0


def _golden(change: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    return lambda manifest: change(manifest["golden"][0])


REFUSED: Mapping[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "another value": (
        _golden(lambda row: row.update(value=row["value"] + 0.001)),
        "numbers differ",
    ),
    "another mean": (lambda manifest: manifest.update(center=1001.0), "numbers differ"),
    "a logarithm": (lambda manifest: manifest.update(transform="log"), "numbers differ"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_model_whose_golden_numbers_differ_is_refused(what: str) -> None:
    change, said = REFUSED[what]
    made = linear_bundle(house())
    document = json.loads(made.manifest_json)
    change(document)

    with pytest.raises(Refused, match=said):
        loaded(Manifest.model_validate_json(json.dumps(document)), made.model)


def test_a_difference_within_the_tolerance_is_none() -> None:
    made = linear_bundle(house())
    document = json.loads(made.manifest_json)
    document["golden"][0]["value"] += 1e-6

    model = loaded(Manifest.model_validate_json(json.dumps(document)), made.model)

    assert model.manifest.golden[0].value == document["golden"][0]["value"]


HOSTILE: Mapping[str, Mapping[str, object]] = {
    "no mean": {"center": float("nan")},
    "an endless mean": {"center": float("inf")},
    "no deviation": {"deviation": 0},
    "a deviation below 0": {"deviation": -1},
    "another transform": {"transform": "sqrt"},
    "a text for a mean": {"center": "1"},
    "the first format": {"format": 1},
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_manifest_is_refused_before_its_model_is_read(what: str) -> None:
    document = json.loads(linear_bundle(house()).manifest_json) | HOSTILE[what]
    content = json.dumps(document).encode()

    with pytest.raises(Refused, match="the manifest is not one"):
        open_manifest("house", content, hashlib.sha256(content).hexdigest(), 1 << 30)


def test_a_graph_of_another_task_is_refused() -> None:
    number = linear_bundle(house())
    classes = linear_bundle(
        house().model_copy(update={"target": "garden", "features": ("area", "rooms")})
    )

    with pytest.raises(Refused):
        rebuild(classes.model, number.manifest.contract)
    with pytest.raises(Refused):
        rebuild(number.model, classes.manifest.contract)


@pytest.mark.parametrize("transform", ["none", "log"])
def test_an_interval_is_round_each_number_where_the_model_answers_one(transform: str) -> None:
    made = linear_bundle(house(transform=transform, interval="0.9"), center=5.25)
    model = loaded(made.manifest, made.model)
    values = np.array([10.0, 20.0])

    ends = model.intervals(values)

    assert ends is not None
    expected = [[8.5, 12.0], [18.5, 22.0]]
    if transform == "log":
        expected = np.outer(values, np.exp([-1.5, 2.0])).tolist()
    np.testing.assert_allclose(ends, expected)
    plain = linear_bundle(house(transform=transform), center=5.25)
    assert loaded(plain.manifest, plain.model).intervals(values) is None
