"""A second-version champion by all three protocols, and batches that are answered in part."""

import json
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from mlflow import MlflowClient
from tests.integration.api.support.fixture_types import StartApi
from tests.integration.api.support.one_champion import api_with
from tests.integration.api.support.shop import ROW, shop
from tests.some import some
from tools.harness.api_process import ApiProcess

MODEL = "shop"


@pytest.fixture(scope="module")
def api(client: MlflowClient, specs: Path, start_api: StartApi) -> ApiProcess:
    """An API that serves the shop."""
    return api_with(shop(), client, specs, start_api)


def answer(api: ApiProcess, **changes: Any) -> dict[str, float]:
    """The probabilities of the row, with other values; what is None is left out."""
    row = {name: value for name, value in (ROW | changes).items() if value is not None}
    found: dict[str, float] = api.predict(MODEL, row).raise_for_status().json()["probabilities"]
    return found


def errors(response: httpx.Response) -> dict[str, str]:
    assert response.status_code == 422
    return {fault["path"]: fault["message"] for fault in response.json()["errors"]}


def test_a_row_is_answered_with_the_classes_after_the_merge(api: ApiProcess) -> None:
    assert answer(api).keys() == {"s", "large"}


@pytest.mark.parametrize(
    "changes",
    [
        {"bought": "2026-03-29T01:30:00Z"},
        {"bought": "2026-03-29 01:30:00.000+00:00"},
        {"birthday": "1990-02-28T00:00"},
        {"price": None, "PRICE": 120.5},
        {"price": None, "Price (EUR)": 120.5},
        {"items": 3.0},
    ],
    ids=str,
)
def test_what_means_the_same_is_answered_alike(api: ApiProcess, changes: dict[str, Any]) -> None:
    assert answer(api, **changes) == answer(api)


@pytest.mark.parametrize(
    "changes",
    [
        {"bought": "2026-03-30T03:30:00+02:00"},
        {"birthday": "1990-03-01"},
        {"gift": False},
        {"returned": True},
        {"returned": None},
        {"town": "Ulm"},
        {"town": None},
        {"price": 121.5},
    ],
    ids=str,
)
def test_every_kind_of_feature_counts(api: ApiProcess, changes: dict[str, Any]) -> None:
    assert answer(api, **changes) != answer(api)


def test_labels_that_the_model_does_not_know_are_answered_alike(api: ApiProcess) -> None:
    unknown = answer(api, town="Oslo")

    assert unknown == answer(api, town="") == answer(api, town="__missing__")
    assert unknown != answer(api, town=None)
    assert answer(api, colour="green") != answer(api)


WRONG = [
    ({"gift": "yes"}, "/gift", "Input should be true or false"),
    ({"gift": 1}, "/gift", "Input should be true or false"),
    ({"items": 2.5}, "/items", "Input should be a whole number"),
    ({"items": 10}, "/items", "less than or equal to 9"),
    ({"price": 1e39}, "/price", "Input should be a number of float32, up to 3.4e38"),
    ({"bought": "2026-03-29T03:30"}, "/bought", "Input has no offset"),
    ({"bought": 1774747800}, "/bought", "valid string"),
    ({"birthday": "1990-02-28Z"}, "/birthday", "is not a date or time of ISO 8601"),
    ({"birthday": "1990-02-28T00:00Z"}, "/birthday", "has an offset, and the column has no zone"),
    ({"birthday": "1990-02-30"}, "/birthday", "is not a moment"),
    ({"town": 5}, "/town", "valid string"),
    ({"price": None, "PRICE": 1, "price (eur)": 1}, "/?", "price is given twice, by two names"),
    ({"GIFT": True}, "/GIFT", "gift is given twice, by two names"),
    ({"wings": 2}, "/wings", "Extra inputs are not permitted"),
    ({"gift": None}, "/gift", "Field required"),
]


@pytest.mark.parametrize(
    ("changes", "path", "message"), WRONG, ids=[str(each[0]) for each in WRONG]
)
def test_a_wrong_value_is_named_with_what_is_right(
    api: ApiProcess, changes: dict[str, Any], path: str, message: str
) -> None:
    row = {name: value for name, value in (ROW | changes).items() if value is not None}

    found = errors(api.predict(MODEL, row))

    assert message in found[path]


def test_a_partial_batch_has_an_answer_for_each_row_in_order(api: ApiProcess) -> None:
    rows: list[Any] = [ROW, ROW | {"gift": "yes", "items": 99}, 7, ROW | {"gift": False}]

    partial = api.client.post(f"/predict/{MODEL}?partial=true", json={"instances": rows})

    first, second, third, last = partial.raise_for_status().json()["predictions"]
    assert first["probabilities"] == answer(api)
    assert last["probabilities"] == answer(api, gift=False)
    assert [fault["path"] for fault in second["errors"]] == [
        "/instances/1/items",
        "/instances/1/gift",
    ]
    assert [fault["path"] for fault in third["errors"]] == ["/instances/2"]
    assert partial.json()["failed"] == 2
    assert partial.json()["model"] == api.predict(MODEL, ROW).json()["model"]


def test_a_large_partial_batch_keeps_its_order(api: ApiProcess) -> None:
    rows = [ROW | {"items": number % 12} for number in range(900)]

    partial = api.client.post(f"/predict/{MODEL}?partial=true", json={"instances": rows})

    found = partial.raise_for_status().json()["predictions"]
    assert ["errors" in each for each in found] == [number % 12 > 9 for number in range(900)]
    expected = [answer(api, items=number) for number in range(10)]
    for number, each in some(list(enumerate(found))):
        assert "errors" in each or each["probabilities"] == pytest.approx(expected[number % 12])


def test_a_partial_batch_of_bad_rows_alone_is_answered_too(api: ApiProcess) -> None:
    partial = api.client.post(f"/predict/{MODEL}?partial=true", json={"instances": [{}, 1]})

    assert all(each.keys() == {"errors"} for each in some(partial.json()["predictions"]))


@pytest.mark.parametrize("query", ["", "?partial=false", "?other=true", "?impartial=1"])
def test_without_partial_one_bad_row_refuses_the_batch(api: ApiProcess, query: str) -> None:
    whole = api.client.post(f"/predict/{MODEL}{query}", json={"instances": [ROW, {}]})

    assert whole.status_code == 422


@pytest.mark.parametrize("query", ["partial=maybe", "partial=", "partial=true&partial=false"])
def test_partial_is_true_or_false(api: ApiProcess, query: str) -> None:
    refused = api.client.post(f"/predict/{MODEL}?{query}", json={"instances": [ROW]})

    assert refused.status_code == 400
    assert refused.json()["detail"] == "The query's partial is true or false."


@pytest.mark.parametrize("body", [{}, {"instances": []}, {"instances": [ROW] * 1001}])
def test_a_partial_request_that_is_no_batch_is_refused_as_ever(
    api: ApiProcess, body: dict[str, Any]
) -> None:
    refused = api.client.post(f"/predict/{MODEL}?partial=true", json=body)

    assert refused.status_code in (413, 422)


def labels(api: ApiProcess, body: Any) -> list[str]:
    found = api.client.post(f"/invocations/{MODEL}", json=body).raise_for_status()
    predictions: list[str] = found.json()["predictions"]
    return predictions


RENAMED = {{"price": "Price (EUR)", "gift": "Gift"}.get(k, k): v for k, v in ROW.items()}


@pytest.mark.parametrize("row", [ROW, RENAMED, RENAMED | {"note": "x"}], ids=len)
def test_mlflow_s_shapes_are_answered_alike_whatever_the_columns_are_called(
    api: ApiProcess, row: dict[str, Any]
) -> None:
    expected = [api.predict(MODEL, ROW).json()["class"]]

    columns, values = list(row), list(row.values())
    assert labels(api, {"dataframe_split": {"columns": columns, "data": [values]}}) == expected
    assert labels(api, {"dataframe_records": [row]}) == expected
    assert labels(api, {"instances": [row]}) == expected
    assert labels(api, {"inputs": {name: [value] for name, value in row.items()}}) == expected
    csv = ",".join(f'"{name}"' for name in columns) + "\n" + ",".join(map(str, values)) + "\n"
    sent = api.client.post(
        f"/invocations/{MODEL}", content=csv, headers={"Content-Type": "text/csv"}
    )
    assert sent.raise_for_status().json()["predictions"] == expected


@pytest.mark.parametrize(
    "body",
    [
        {"dataframe_split": {"columns": ["gift", "GIFT"], "data": [[True, True]]}},
        {"dataframe_records": [ROW | {"GIFT": True}]},
        {"inputs": {"gift": [True], "Gift": [True]}},
    ],
    ids=lambda body: next(iter(body)),
)
def test_mlflow_s_columns_that_mean_one_feature_twice_are_refused(
    api: ApiProcess, body: dict[str, Any]
) -> None:
    assert api.client.post(f"/invocations/{MODEL}", json=body).status_code == 422


TENSORS: dict[str, tuple[str, Any]] = {
    "price": ("FP64", 120.5),
    "items": ("INT32", 3),
    "bought": ("BYTES", ROW["bought"]),
    "birthday": ("BYTES", ROW["birthday"]),
    "town": ("BYTES", "Rom"),
    "colour": ("BYTES", "red"),
    "gift": ("BOOL", True),
    "returned": ("BOOL", False),
}


def infer(api: ApiProcess, tensors: dict[str, tuple[str, Any]]) -> httpx.Response:
    inputs = [
        {"name": name, "datatype": datatype, "shape": [1, 1], "data": [value]}
        for name, (datatype, value) in tensors.items()
    ]
    return api.client.post(f"/v2/models/{MODEL}/infer", json={"inputs": inputs})


SAME_TENSORS = {
    "as they are": {},
    "a boolean as a number": {"gift": ("INT64", 1), "returned": ("FP32", 0)},
    "names in another case": {},
}


@pytest.mark.parametrize("what", SAME_TENSORS)
def test_tensors_are_answered_as_rows_are(api: ApiProcess, what: str) -> None:
    tensors = TENSORS | SAME_TENSORS[what]
    if what == "names in another case":
        tensors = {name.upper(): value for name, value in tensors.items()}

    outputs = infer(api, tensors).raise_for_status().json()["outputs"]

    told = next(each["data"] for each in outputs if each["name"] == "probabilities")
    np.testing.assert_allclose(told, list(answer(api).values()), atol=1e-6)


def test_what_is_missing_may_be_absent_empty_or_nan(api: ApiProcess) -> None:
    absent = {name: each for name, each in TENSORS.items() if name not in ("birthday", "returned")}
    empty = TENSORS | {"birthday": ("BYTES", "")}
    del empty["returned"]

    one, other = (infer(api, each).raise_for_status().json() for each in (absent, empty))

    assert one["outputs"] == other["outputs"]


BAD_TENSORS: dict[str, tuple[dict[str, Any], str]] = {
    "a boolean of 2": ({"gift": ("INT64", 2)}, "Input gift must be true or false"),
    "a boolean as text": ({"gift": ("BYTES", "true")}, "Input gift must have a datatype of"),
    "half an item": ({"items": ("FP64", 2.5)}, "Input items must be a whole number"),
    "too many items": ({"items": ("INT64", 10)}, "Input items must be from 0 to 9"),
    "a moment without an offset": (
        {"bought": ("BYTES", "2026-03-29T03:30")},
        "A value of input bought has no offset",
    ),
    "no moment": ({"bought": ("BYTES", "")}, "Input bought must hold a moment in each row"),
    "one feature twice": (
        {"returned": None, "Gift": ("BOOL", True)},
        "Input gift is given twice, by two names",
    ),
}


@pytest.mark.parametrize("what", BAD_TENSORS)
def test_a_wrong_tensor_is_refused_with_what_is_right(api: ApiProcess, what: str) -> None:
    changes, said = BAD_TENSORS[what]

    tensors = {name: tensor for name, tensor in (TENSORS | changes).items() if tensor}
    refused = infer(api, tensors)

    assert refused.status_code == 400
    assert said in refused.json()["error"]


def test_metadata_names_the_datatype_of_each_kind(api: ApiProcess) -> None:
    metadata = api.client.get(f"/v2/models/{MODEL}").json()

    datatypes = [each["datatype"] for each in metadata["inputs"]]
    assert datatypes == ["FP32", "FP32", "BYTES", "BYTES", "BYTES", "BYTES", "BOOL", "BOOL"]


def test_the_document_describes_each_kind(api: ApiProcess) -> None:
    document = api.client.get("/openapi.json").json()

    schema = document["components"]["schemas"]["ShopInstance"]
    described = {
        name: (each["type"], each.get("format")) for name, each in schema["properties"].items()
    }
    assert described == {
        "price": (["number", "null"], None),
        "items": ("integer", None),
        "bought": ("string", "date-time"),
        "birthday": (["string", "null"], "date-time-local"),
        "town": (["string", "null"], None),
        "colour": ("string", None),
        "gift": ("boolean", None),
        "returned": (["boolean", "null"], None),
    }
    assert schema["required"] == ["items", "bought", "colour", "gift"]
    assert "minimum" not in schema["properties"]["price"]


def test_the_document_s_own_examples_are_answered(api: ApiProcess) -> None:
    schemas = json.loads(api.client.get("/openapi.json").text)["components"]["schemas"]

    row = api.predict(MODEL, schemas["ShopInstance"]["examples"][0])
    tensors = api.client.post(
        f"/v2/models/{MODEL}/infer", json=schemas["ShopInference"]["examples"][0]
    )

    assert (row.status_code, tensors.status_code) == (200, 200)


def test_the_card_shows_what_the_contract_says(api: ApiProcess) -> None:
    contract = api.card(MODEL)["contract"]

    features = {feature["name"]: feature for feature in contract["features"]}
    assert contract["folded_names"] is True
    assert features["price"]["aliases"] == ["Price (EUR)"]
    assert features["bought"]["zone"] == "Europe/Berlin"
    assert features["town"]["values"] == ["Rom", "Ulm"]
    assert "minimum" not in features["price"]
