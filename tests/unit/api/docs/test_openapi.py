"""The OpenAPI document: generators of clients and linters find nothing to complain of."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from tests.some import some
from tools.harness.house import house

from rookery_api.access.access import Access
from rookery_api.base.datatypes import NUMBERS
from rookery_api.base.problems import Problem
from rookery_api.base.turns import Turns
from rookery_api.docs.component_names import prefixes
from rookery_api.docs.openapi import Document
from rookery_api.docs.schemas import example
from rookery_api.protocols.v2.request import read_request
from rookery_api.registry.served_models import ServedModels
from rookery_core.contract import CategoryFeature, Contract, NumberFeature, contract_of
from rookery_core.spec.catalog import load_catalog
from rookery_runtime.steps import at_once

ODD = ("a b", "a-b", "A B", "<script>", "1", "-1", "*", "None", "x" * 200, 'a"b', "\N{PENGUIN}")
PLAIN = ("Adelie", "Chinstrap")


def contract(model: str, classes: tuple[str, ...]) -> Contract:
    """A contract of one optional number, and one category with the classes for values."""
    return Contract(
        model=model,
        title=model,
        target="t",
        features=(
            NumberFeature(name="mass", minimum=0, maximum=1, optional=True, example=0.5),
            CategoryFeature(name="kind", values=classes, example=classes[0]),
        ),
        classes=classes,
    )


def document(*contracts: Contract) -> dict[str, Any]:
    """The document of models with these contracts."""
    models = ServedModels(load_catalog(), "species", 1)
    made = Document(models, Turns(), "0.0.0", 10, Access([], open_pages=False))
    found: dict[str, Any] = json.loads(b"".join(at_once(made.build(contracts))))
    return found


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """The document of models of every kind."""
    shipped = map(contract_of, load_catalog().values())
    number = contract_of(house())
    return document(*shipped, number, contract("a-1", ODD), contract("a1", PLAIN))


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object within the value."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from objects(each)


def operations(described: dict[str, Any]) -> list[dict[str, Any]]:
    """Every operation of the document."""
    return [operation for path in described["paths"].values() for operation in path.values()]


def test_lists_are_described_as_generators_read_them(described: dict[str, Any]) -> None:
    lists = [each for each in objects(described["components"]) if each.get("type") == "array"]

    for each in some(lists):
        assert isinstance(each["items"], dict), each
    for each in some(objects(described)):
        assert not isinstance(each.get("const"), list), each


def test_every_body_and_answer_has_a_name_and_every_name_is_there(
    described: dict[str, Any],
) -> None:
    components = described["components"]["schemas"]

    for operation in some(operations(described)):
        contents = [operation["responses"]["200"]["content"]]
        contents += [body["content"] for body in [operation.get("requestBody")] if body]
        for content in contents:
            if operation["operationId"] == "version":  # as MLflow's server answers it
                assert list(content) == ["text/plain"]
                continue
            schema = content["application/json"]["schema"]
            for each in some(schema.get("oneOf", [schema])):
                assert list(each) == ["$ref"], operation["operationId"]
    for each in some([each for each in objects(described) if "$ref" in each]):
        assert each["$ref"].removeprefix("#/components/schemas/") in components
    for name in ("SpeciesInstance", "SpeciesAnswer", "ModelMetadata", "InferenceResponse"):
        assert components[name]["properties"]


def test_operations_and_tags_are_described(described: dict[str, Any]) -> None:
    tags = {tag["name"]: tag["description"] for tag in described["tags"]}

    for operation in some(operations(described)):
        assert operation["summary"]
        assert operation["description"]
        assert set(operation["tags"]) <= set(tags)
        assert "security" in operation
    assert described["servers"]
    assert described["info"]["license"]


def test_what_tells_kinds_apart_is_required(described: dict[str, Any]) -> None:
    components = described["components"]["schemas"]
    apart = [each for each in objects(described) if "discriminator" in each]

    for each in some(apart):
        for kind in some(each["oneOf"]):
            name = kind["$ref"].rsplit("/", 1)[1]
            assert each["discriminator"]["propertyName"] in components[name]["required"]


def test_labels_that_become_one_name_are_keys_of_a_map(described: dict[str, Any]) -> None:
    components = described["components"]["schemas"]
    odd, plain = components["A1Probabilities"], components["A1No2Probabilities"]

    assert "properties" not in odd
    assert set(plain["properties"]) == set(PLAIN)
    jsonschema.validate(dict.fromkeys(ODD, 0.1), odd)
    for wrong in (dict.fromkeys(ODD[1:], 0.1), dict.fromkeys([*ODD, "more"], 0.1)):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, odd)


def test_bodies_are_described_as_strictly_as_they_are_read(described: dict[str, Any]) -> None:
    model = contract("a1", PLAIN)
    row = list(example(model).values())
    split = {"columns": ["mass", "kind"], "data": [row]}

    def fits(name: str, value: Any) -> bool:
        schema = {**described, "$ref": f"#/components/schemas/A1No2{name}"}
        return bool(jsonschema.Draft202012Validator(schema).is_valid(value))

    assert fits("Instance", example(model))
    assert not fits("Instance", {**example(model), "more": 1})
    assert fits("Record", {**example(model), "more": 1})
    assert fits("Split", {"dataframe_split": split})
    assert not fits("Split", {"dataframe_split": {**split, "data": [row[:1]]}})
    assert not fits("Split", {"dataframe_split": {**split, "data": [[*row, 1]]}})
    assert not fits("Split", {"dataframe_split": {**split, "columns": ["kind", "mass"]}})
    tensors = [
        {"name": "mass", "datatype": "FP32", "shape": [1, 1], "data": [0.5]},
        {"name": "kind", "datatype": "BYTES", "shape": [1, 1], "data": ["Adelie"]},
    ]
    assert fits("Inference", {"inputs": tensors})
    assert not fits("Inference", {"inputs": tensors[:1]})
    assert not fits("Inference", {"inputs": [{**tensors[0], "shape": [2, 1]}, tensors[1]]})


def test_no_two_models_share_a_name() -> None:
    found = prefixes(["a-1", "a1", "a1-no2", "species", "a-b", "ab", "species-instance"])

    assert len({prefix.lower() for prefix in found.values()}) == len(found)
    assert found["species"] == "Species"
    assert found["species-instance"] == "SpeciesInstance"


@pytest.mark.parametrize("datatype", [*NUMBERS])
@pytest.mark.parametrize("bounds", [(0, 1), (10, 70), (2500, 7000), (-1e6, -0.5), (0.2, 0.3)])
def test_a_tensor_is_described_in_every_datatype_in_which_it_is_read(
    datatype: str, bounds: tuple[float, float]
) -> None:
    number = NumberFeature(name="n", minimum=bounds[0], maximum=bounds[1], example=bounds[0])
    model = Contract(model="m", title="m", target="t", features=(number,), classes=PLAIN)
    described = {**document(model), "$ref": "#/components/schemas/MInference"}
    validator = jsonschema.Draft202012Validator(described)
    values = [*bounds, 0, 1, 0.25, 127, 128, 255, 256, 2600, 40000, 70000, -128, -129, True, False]

    for value in some(values):
        tensor = {"name": "n", "datatype": datatype, "shape": [1, 1], "data": [value]}
        read = True
        try:
            at_once(read_request(model, json.dumps({"inputs": [tensor]}).encode(), None, 10))
        except Problem:
            read = False
        assert validator.is_valid({"inputs": [tensor]}) == read, (datatype, value)


def test_a_plain_type_that_may_be_null_is_one_type(described: dict[str, Any]) -> None:
    pairs = [each["anyOf"] for each in objects(described) if len(each.get("anyOf", ())) == 2]

    for pair in some(pairs):
        assert {"type": "null"} not in pair or "$ref" in pair[0], pair
    error = described["components"]["schemas"]["ModelCard"]["properties"]["spec_error"]
    assert error["type"] == ["string", "null"]
