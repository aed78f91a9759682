"""One tensor of all features is read as one tensor for each."""

import json
from typing import Any

import numpy as np
import pytest

from rookery_api.base.problems import Problem
from rookery_api.protocols.v2.request import Asked, read_request
from rookery_core.contract import CategoryFeature, Contract, NumberFeature
from rookery_runtime.steps import at_once

A, B, C = (
    NumberFeature(name=name, minimum=0, maximum=100, example=1, optional=name == "c")
    for name in "abc"
)
KIND = CategoryFeature(name="kind", values=("x", "y"), example="x")
ROWS = [[1, 2, 3], [4, 5, 6]]


def contract(*features: NumberFeature | CategoryFeature) -> Contract:
    """A contract of these features."""
    return Contract(model="m", title="m", target="t", features=features, classes=("n", "y"))


NUMBERS = contract(A, B, C)


def asked(of: Contract = NUMBERS, binary: bytes = b"", **changes: Any) -> Asked:
    """What a request of one tensor asks, with changes to the tensor."""
    tensor = {"name": "input-0", "datatype": "FP32", "shape": [2, 3], "data": ROWS, **changes}
    if binary:
        del tensor["data"]
        tensor["parameters"] = {"binary_data_size": len(binary)}
    head = json.dumps({"inputs": [tensor]}).encode()
    return at_once(read_request(of, head + binary, str(len(head)), max_batch=2))


@pytest.mark.parametrize("datatype", ["FP16", "FP32", "FP64", "INT64", "UINT8"])
def test_columns_are_the_features_in_the_contracts_order(datatype: str) -> None:
    kind = {"F": "f", "I": "i", "U": "u"}[datatype[0]]
    size = int("".join(filter(str.isdigit, datatype))) // 8
    binary = np.array(ROWS, dtype=f"<{kind}{size}").tobytes()

    for found in (
        asked(datatype=datatype),
        asked(datatype=datatype, data=[1, 2, 3, 4, 5, 6]),
        asked(datatype=datatype, binary=binary),
    ):
        assert found.rows == 2
        columns = {name: column.ravel().tolist() for name, column in found.columns.items()}
        assert columns == {"a": [1, 4], "b": [2, 5], "c": [3, 6]}


def test_missing_number_is_nan_where_the_feature_is_optional() -> None:
    nan = float("nan")

    found = asked(binary=np.array([[1, 2, nan], [4, 5, 6]], dtype="<f4").tobytes())

    assert np.isnan(found.columns["c"][0])
    with pytest.raises(Problem, match="Input b must be from 0 to 100"):
        asked(binary=np.array([[1, nan, 3], [4, 5, 6]], dtype="<f4").tobytes())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"shape": [2, 2]}, r"\[N, 3\]"),
        ({"shape": [3, 2]}, r"\[N, 3\]"),
        ({"shape": [0, 3]}, r"\[N, 3\]"),
        ({"shape": [-1, 3]}, r"\[N, 3\]"),
        ({"shape": [True, 3]}, r"\[N, 3\]"),
        ({"shape": [2, 3.5]}, "no such input"),
        ({"shape": [6]}, "no such input"),
        ({"shape": [1, 2, 3]}, "no such input"),
        ({"name": "a"}, r"\[N, 1\]"),
        ({"shape": [3, 3]}, "more than 2 rows"),
        ({"shape": [10**9, 3]}, "more than 2 rows"),
        ({"datatype": "BYTES"}, "numbers"),
        ({"datatype": {}}, "numbers"),
        ({"data": [1, 2, 3]}, "values"),
        ({"data": [[1, 2, 3], [4, 5]]}, "values"),
        ({"data": [[1, 2, 3], 4]}, "values"),
        ({"data": [[1, 2, 3], [4, 5, "6"]]}, "Input c"),
        ({"data": [[1, 2, 3], [4, 500, 6]]}, "Input b must be from 0 to 100"),
        ({"binary": b"1234"}, "bytes"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(Problem, match=said):
        asked(**changes)


def test_model_with_categories_wants_an_input_for_each_feature() -> None:
    with pytest.raises(Problem, match="one input for each feature"):
        asked(contract(A, B, KIND))
