"""The weights of an ONNX file: dense tensors within the file."""

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from rookery_core.errors import Refused
from rookery_runtime.graph.abstract_tensors import BOOL, DOUBLE, FLOAT, INT32, INT64, MAX_DIMENSIONS
from rookery_runtime.graph.fields import check_only, parse

_EXTERNAL = "the model's weights lie in another file; export it with them inside"
_DATA: Mapping[int, tuple[str, np.dtype[Any]]] = {
    FLOAT: ("float_data", np.dtype("<f4")),
    DOUBLE: ("double_data", np.dtype("<f8")),
    INT64: ("int64_data", np.dtype("<i8")),
    INT32: ("int32_data", np.dtype("<i4")),
    BOOL: ("int32_data", np.dtype("u1")),
}


def read_weights(content: memoryview) -> tuple[TensorProto, NDArray[np.generic]]:
    """Reads a dense tensor: its name and kind, and as many elements as its dimensions say.

    Raises:
        Refused: for weights elsewhere, of another kind, or of another number.
    """
    tensor = parse(content, TensorProto)
    if tensor.data_location != TensorProto.DEFAULT or len(tensor.external_data):
        raise Refused(_EXTERNAL)
    if tensor.data_type not in _DATA:
        raise Refused("the model has weights of a kind that is not reviewed; export it anew")
    name, kind = _DATA[tensor.data_type]
    check_only(
        tensor, {"dims", "data_type", "name", "doc_string", "raw_data", "data_location", name}
    )
    dims = tuple(tensor.dims)
    if len(dims) > MAX_DIMENSIONS or any(length < 1 for length in dims):
        raise Refused("the model has weights of a shape that is not reviewed; export it anew")
    typed, raw = getattr(tensor, name), tensor.raw_data
    size = len(raw) or len(typed) * kind.itemsize
    if (raw and len(typed)) or size != prod(dims) * kind.itemsize:
        raise Refused("the model has weights of another size than their shape; export it anew")
    flat = np.frombuffer(raw, kind) if raw else np.fromiter(typed, kind, len(typed))
    if tensor.data_type == BOOL and flat.max() > 1:
        raise Refused("the model has weights that are neither true nor false; export it anew")
    described = TensorProto(name=tensor.name, data_type=tensor.data_type, dims=dims)
    return described, flat.reshape(dims)
