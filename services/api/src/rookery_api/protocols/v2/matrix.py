"""One tensor of all features, as KServe's scikit-learn server reads it: shape [N, features].

Its columns are the contract's features in the contract's order; each becomes a tensor of its own.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rookery_api.base.datatypes import NUMBERS
from rookery_api.base.problems import malformed, too_many_rows
from rookery_core.contract import BooleanFeature, Contract, NumberFeature

Tensor = dict[str, Any]


def is_matrix(contract: Contract, inputs: Mapping[str, Tensor]) -> bool:
    """Tells whether the inputs are one tensor of several columns, which no feature has given its
    name."""
    if len(inputs) != 1:
        return False
    (name, tensor), *_ = inputs.items()
    shape = tensor.get("shape")
    return (
        contract.find(name) is None
        and isinstance(shape, list)
        and len(shape) == 2
        and type(shape[1]) is int
        and shape[1] > 1
    )


def columns_of(contract: Contract, matrix: Tensor, max_batch: int) -> dict[str, Tensor]:
    """Answers each feature's column of the matrix as a tensor of its own, its values not yet read.

    Raises:
        Problem: 400 for a shape, type or amount of data that does not fit, 413 for too many rows.
    """
    names = [feature.name for feature in contract.features]
    if not all(isinstance(each, NumberFeature | BooleanFeature) for each in contract.features):
        raise malformed("Not all features are numbers: send one input for each feature.")
    rows, width = matrix["shape"]
    if type(rows) is not int or rows < 1 or width != len(names):
        raise malformed(f"The shape of all features in one input is [N, {len(names)}].")
    if rows > max_batch:
        raise too_many_rows(max_batch)
    datatype = matrix.get("datatype")
    if not isinstance(datatype, str) or datatype not in NUMBERS:
        raise malformed("An input of all features must have a datatype of numbers.")
    data = matrix["data"]
    columns = (
        _binary(data, NUMBERS[datatype].itemsize, rows, width)
        if isinstance(data, bytes)
        else _json(data, rows, width)
    )
    return {
        name: {"name": name, "datatype": datatype, "shape": [rows, 1], "data": column}
        for name, column in zip(names, columns, strict=True)
    }


def _binary(data: bytes, size: int, rows: int, width: int) -> list[bytes]:
    if len(data) != rows * width * size:
        raise malformed("The input has not the bytes that its shape needs.")
    values = np.frombuffer(data, dtype=np.dtype(f"V{size}")).reshape(rows, width)
    return [values[:, column].tobytes() for column in range(width)]


def _json(data: list[Any], rows: int, width: int) -> list[list[Any]]:
    """Reads values row after row, or a list of rows."""
    if len(data) == rows * width:
        return [data[column::width] for column in range(width)]
    if len(data) != rows or not all(isinstance(row, list) and len(row) == width for row in data):
        raise malformed("The input has not the values that its shape needs.")
    return [[row[column] for row in data] for column in range(width)]
