"""A champion that answers a number: by all three protocols, in the document, on its card."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mlflow import MlflowClient
from tests.integration.api.support.fixture_types import StartApi
from tests.integration.api.support.one_champion import api_with
from tests.some import some
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import RegisteredModel
from tools.harness.house import ROW, house
from tools.harness.linear_bundle import linear_bundle
from tools.harness.specs import write_spec

MODEL = "house"


@pytest.fixture(scope="module")
def api(client: MlflowClient, specs: Path, start_api: StartApi) -> ApiProcess:
    """An API that serves the house."""
    return api_with(house(), client, specs, start_api)


def value(api: ApiProcess, **changes: Any) -> float:
    """The number of the row, with other values."""
    found = api.predict(MODEL, ROW | changes).raise_for_status().json()
    assert found.keys() == {"value", "model"}
    assert isinstance(found["value"], float)
    return float(found["value"])


def test_a_row_is_answered_with_a_number_and_its_model(api: ApiProcess) -> None:
    answer = api.predict(MODEL, ROW).raise_for_status().json()

    assert abs(answer["value"] - 1000.25) < 2
    assert answer["model"]["name"] == MODEL
    assert value(api, area=96) != value(api)


def test_a_batch_is_answered_row_by_row(api: ApiProcess) -> None:
    rows = [ROW | {"rooms": 1 + number % 20} for number in range(900)]

    batch = api.client.post(f"/predict/{MODEL}", json={"instances": rows}).raise_for_status()

    found = [each["value"] for each in batch.json()["predictions"]]
    assert batch.json().keys() == {"predictions", "model"}
    np.testing.assert_allclose(
        found, [value(api, rooms=1 + number % 20) for number in range(20)] * 45, rtol=1e-9
    )


def test_a_partial_batch_has_numbers_and_faults_in_order(api: ApiProcess) -> None:
    rows = [ROW, ROW | {"area": 5}, ROW | {"garden": False}]

    partial = api.client.post(f"/predict/{MODEL}?partial=true", json={"instances": rows})

    first, second, third = partial.raise_for_status().json()["predictions"]
    assert first == {"value": value(api)}
    assert [fault["path"] for fault in second["errors"]] == ["/instances/1/area"]
    assert third == {"value": value(api, garden=False)}
    assert partial.json()["failed"] == 1


@pytest.mark.parametrize(
    "body",
    [
        {"dataframe_records": [ROW, ROW]},
        {"dataframe_split": {"columns": list(ROW), "data": [list(ROW.values())] * 2}},
        {"instances": [ROW, ROW]},
        {"inputs": {name: [each, each] for name, each in ROW.items()}},
    ],
    ids=lambda body: next(iter(body)),
)
@pytest.mark.parametrize("path", ["/invocations", f"/invocations/{MODEL}"])
def test_mlflow_s_protocol_is_answered_with_a_list_of_numbers(
    api: ApiProcess, path: str, body: dict[str, Any]
) -> None:
    answer = api.client.post(path, json=body).raise_for_status().json()

    assert answer == {"predictions": [value(api)] * 2}


INPUTS = [
    {"name": "area", "datatype": "FP64", "shape": [2, 1], "data": [95.5, 96.0]},
    {"name": "rooms", "datatype": "INT32", "shape": [2, 1], "data": [4, 4]},
    {"name": "garden", "datatype": "BOOL", "shape": [2, 1], "data": [True, True]},
    {"name": "town", "datatype": "BYTES", "shape": [2, 1], "data": ["Rom", "Rom"]},
]


def infer(api: ApiProcess, **more: Any) -> Any:
    return api.client.post(f"/v2/models/{MODEL}/infer", json={"inputs": INPUTS, **more})


def test_v2_answers_one_output_of_fp64(api: ApiProcess) -> None:
    (output,) = infer(api).raise_for_status().json()["outputs"]

    assert (output["name"], output["datatype"]) == ("prediction", "FP64")
    assert output["shape"] == [2, 1]
    np.testing.assert_allclose(output["data"], [value(api), value(api, area=96)], rtol=1e-12)


def test_v2_answers_binary_where_it_is_asked_for(api: ApiProcess) -> None:
    wanted = [{"name": "prediction", "parameters": {"binary_data": True}}]

    answer = infer(api, outputs=wanted).raise_for_status()

    length = int(answer.headers["Inference-Header-Content-Length"])
    head, tail = json.loads(answer.content[:length]), answer.content[length:]
    assert head["outputs"][0]["parameters"] == {"binary_data_size": 16}
    plain = infer(api).json()["outputs"][0]["data"]
    assert np.frombuffer(tail, "<f8").tolist() == plain


@pytest.mark.parametrize("name", ["label", "probabilities", "value"])
def test_v2_refuses_an_output_of_classes(api: ApiProcess, name: str) -> None:
    refused = infer(api, outputs=[{"name": name}])

    assert refused.status_code == 400
    assert "The only output is prediction." in refused.text


def test_v2_describes_the_output(api: ApiProcess) -> None:
    found = api.client.get(f"/v2/models/{MODEL}").raise_for_status().json()

    assert found["outputs"] == [{"name": "prediction", "datatype": "FP64", "shape": [-1, 1]}]


def test_the_document_describes_numbers_and_no_classes(api: ApiProcess) -> None:
    schemas = api.client.get("/openapi.json").raise_for_status().json()["components"]["schemas"]

    mine = {name for name in schemas if name.startswith("House")}
    answered = schemas["HousePrediction"]["properties"]["value"]
    assert not {"HouseLabel", "HouseProbabilities", "HouseLabels"} & mine
    assert (answered["type"], answered["x-unit"]) == ("number", "EUR")
    assert schemas["HouseValues"]["properties"]["predictions"]["items"] == answered
    assert schemas["HouseAnswer"]["properties"].keys() == {"value", "model"}


def test_the_card_says_what_is_answered(api: ApiProcess) -> None:
    card = api.card(MODEL)

    assert card["contract"]["task"] == "regression"
    assert card["contract"]["unit"] == "EUR"
    assert card["contract"]["classes"] == []
    assert card["champion"]["metric"] == "rmse"
    assert card["champion"]["metrics"].keys() == {"rmse", "mae", "r2"}


def test_rows_are_counted_without_a_class(api: ApiProcess) -> None:
    series = {"model": MODEL, "class": ""}
    before = api.metric("rookery_api_predictions_total", **series)

    value(api)

    assert api.metric("rookery_api_predictions_total", **series) == before + 1


@pytest.fixture(scope="module")
def manor(client: MlflowClient, specs: Path, api: ApiProcess) -> str:
    """A model that answers an interval, served by the same API."""
    spec = house("manor", interval="0.9")
    write_spec(specs, spec)
    api.await_version("manor", RegisteredModel(client, spec).promote(linear_bundle(spec)))
    return "manor"


def test_an_interval_stands_beside_the_number(api: ApiProcess, manor: str) -> None:
    rows = [ROW, ROW | {"area": 96}]

    one = api.predict(manor, ROW).raise_for_status().json()
    batch = api.client.post(f"/predict/{manor}", json={"instances": rows}).raise_for_status()

    low, high = one["interval"]
    assert (low - one["value"], high - one["value"]) == pytest.approx((-1.5, 2.0))
    first, second = batch.json()["predictions"]
    assert first["value"] == pytest.approx(one["value"], rel=1e-12)
    assert first["interval"] == pytest.approx(one["interval"], rel=1e-12)
    assert second["interval"][0] == pytest.approx(second["value"] - 1.5)


def test_mlflow_s_protocol_answers_numbers_alone_whatever_the_interval(
    api: ApiProcess, manor: str
) -> None:
    answer = api.client.post(f"/invocations/{manor}", json={"instances": [ROW]})

    assert answer.raise_for_status().json() == {
        "predictions": [api.predict(manor, ROW).json()["value"]]
    }


def test_document_and_card_say_which_interval_is_answered(api: ApiProcess, manor: str) -> None:
    schemas = api.client.get("/openapi.json").raise_for_status().json()["components"]["schemas"]

    answered = schemas["ManorPrediction"]
    assert answered["required"] == ["value", "interval"]
    assert answered["properties"]["interval"]["minItems"] == 2
    assert "90 % of the truths" in answered["properties"]["interval"]["description"]
    assert api.card(manor)["contract"]["interval"] == 0.9


def test_each_version_answers_its_own_numbers(
    client: MlflowClient, specs: Path, api: ApiProcess
) -> None:
    spec = house("cottage", transform="log")
    write_spec(specs, spec)
    made = linear_bundle(spec, center=3.5)
    version = RegisteredModel(client, spec).promote(made)
    api.await_version("cottage", version)

    for row in some(made.manifest.golden):
        known = {name: each for name, each in row.inputs.items() if each is not None}
        answer = api.predict("cottage", known).raise_for_status().json()
        assert answer["value"] == row.value
