"""The inputs of an inference request: how many rows their shapes say."""

import json

import numpy as np
import pytest

from rookery_api.base.problems import Problem
from rookery_api.protocols.v2.request import read_request, row_count
from rookery_core.contract import Contract, NumberFeature
from rookery_runtime.steps import at_once


@pytest.mark.parametrize("shape", [[3], [3, 1]])
def test_a_shape_is_of_rows_or_of_a_column(shape: list[int]) -> None:
    assert row_count(shape) == 3


@pytest.mark.parametrize(
    "shape",
    [[], [0], [0, 1], [3, 2], [3, 0], [3, 1, 1], [-3, 1], [True], [3.0], ["3"], "3", 3, None],
)
def test_any_other_shape_is_refused(shape: object) -> None:
    with pytest.raises(Problem, match="N at least 1"):
        row_count(shape)


@pytest.mark.parametrize("datatype", ["FP32", "FP64"])
@pytest.mark.parametrize("value", [3.5e38, -3.5e38, 3.4028235677973366e38, 1e300])
def test_number_beyond_float32_is_refused_though_the_contract_allows_it(
    datatype: str, value: float
) -> None:
    wide = NumberFeature(name="size", minimum=-1e300, maximum=1e300, example=1)
    contract = Contract(model="m", title="M", target="t", features=(wide,), classes=("a", "b"))
    tensor = {"name": "size", "datatype": datatype, "shape": [1], "data": [value]}

    with pytest.raises(Problem, match=r"Input size must be from -3.40282e\+38 to 3.40282e\+38"):
        at_once(read_request(contract, json.dumps({"inputs": [tensor]}).encode(), None, 1000))


def test_a_whole_number_is_one_however_json_writes_it() -> None:
    size = NumberFeature(name="size", minimum=0, maximum=9, example=1)
    contract = Contract(model="m", title="M", target="t", features=(size,), classes=("a", "b"))
    tensor = b'{"name": "size", "datatype": "FP32", "shape": [2.0, 1.0], %s}'
    in_json = b'{"inputs": [%s]}' % (tensor % b'"data": [3, 4]')
    binary = b'{"inputs": [%s]}' % (tensor % b'"parameters": {"binary_data_size": 8.0}')
    behind = np.array([3, 4], dtype="<f4").tobytes()

    read = at_once(read_request(contract, in_json, None, 1000))
    read_binary = at_once(read_request(contract, binary + behind, str(len(binary)), 1000))

    for asked in (read, read_binary):
        assert asked.rows == 2
        assert asked.columns["size"].tolist() == [[3], [4]]
