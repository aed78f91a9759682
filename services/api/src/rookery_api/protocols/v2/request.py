"""Requests of the Open Inference Protocol: JSON, with binary tensors behind it where it says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rookery_api.base.problems import Problem, malformed, too_many_rows
from rookery_api.protocols.answers import outputs_of
from rookery_api.protocols.json_body import parse
from rookery_api.protocols.v2.feature_tensors import Tensor, feature_columns
from rookery_api.protocols.v2.matrix import columns_of, is_matrix
from rookery_core.contract import Contract
from rookery_core.model_columns import ModelValues
from rookery_runtime.prediction.input_columns import Columns
from rookery_runtime.steps import Steps

HEADER_LENGTH = "Inference-Header-Content-Length"
STEP_OUTPUTS = 10_000
"""Named outputs that are read in one step: a few milliseconds. One may be named again and again."""


@dataclass(frozen=True)
class Asked:
    """What a request asks."""

    columns: Columns
    """The model's columns, every value within the contract."""
    rows: int
    outputs: Mapping[str, bool]
    """The outputs in their order, and whether each is to be binary."""
    id: str | None


def read_request(
    contract: Contract, body: bytes, header_length: str | None, max_batch: int
) -> Steps[Asked]:
    """Answers what the request asks.

    Raises:
        Problem: 400 or 422 for what the protocol or the contract does not know, 413 for too many
            rows.
    """
    document, binary = yield from split_body(body, header_length)
    if len(document["inputs"]) > len(contract.features):
        raise _unknown_input()
    inputs = read_inputs(document["inputs"], binary)
    if is_matrix(contract, inputs):
        (matrix,) = inputs.values()
        inputs = columns_of(contract, matrix, max_batch)
    columns, rows = read_columns(contract, inputs, max_batch)
    yield
    outputs = yield from requested_outputs(document, outputs_of(contract))
    return Asked(columns, rows, outputs, document.get("id"))


def split_body(body: bytes, header_length: str | None) -> Steps[tuple[dict[str, Any], bytes]]:
    """Answers the request's JSON, and the binary tensors behind it."""
    length = len(body)
    if header_length is not None:
        if not header_length.isascii() or not header_length.isdigit() or len(header_length) > 18:
            raise malformed(f"{HEADER_LENGTH} is not a number of bytes.")
        length = int(header_length)
        if length > len(body):
            raise malformed(f"{HEADER_LENGTH} is larger than the body.")
    document = yield from parse(body[:length])
    if not isinstance(document, dict) or not isinstance(document.get("inputs"), list):
        raise malformed("Send an object with a list of inputs.")
    if not isinstance(document.get("id", ""), str):
        raise malformed("The request's id is a text.")
    return document, body[length:]


def read_inputs(tensors: list[Any], binary: bytes) -> dict[str, dict[str, Any]]:
    """Reads the input tensors by name, their data as `bytes` or as the JSON's list."""
    inputs: dict[str, dict[str, Any]] = {}
    position = 0
    for tensor in tensors:
        if not isinstance(tensor, dict) or not isinstance(tensor.get("name"), str):
            raise malformed("Every input is an object with a name.")
        name = tensor["name"]
        if name in inputs:
            raise malformed("An input is given more than once.")
        size = _whole(parameters(tensor).get("binary_data_size"))
        data = tensor.get("data")
        if size is not None:
            if type(size) is not int or not 0 <= size <= len(binary) - position:
                raise malformed("An input's binary_data_size does not fit the body.")
            data = binary[position : position + size]
            position += size
        if not isinstance(data, bytes | list):
            raise malformed("An input has neither data nor a binary_data_size.")
        shape = tensor.get("shape")
        if isinstance(shape, list) and len(shape) <= 2:
            shape = [_whole(number) for number in shape]
        inputs[name] = {**tensor, "shape": shape, "data": data}
    if position != len(binary):
        raise malformed("The body holds more binary data than its inputs name.")
    return inputs


def _whole(number: Any) -> Any:
    """Reads a whole number that has a fraction of 0 as what it is: some clients write 1 as 1.0."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def parameters(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Reads the parameters of a request, an input or an output."""
    found = item.get("parameters", {})
    if not isinstance(found, dict):
        raise malformed("Parameters are an object.")
    return found


def read_columns(
    contract: Contract, inputs: Mapping[str, Tensor], max_batch: int
) -> tuple[Columns, int]:
    """Answers the model's inputs, every value within the contract, and the number of rows."""
    features = contract.features
    inputs = _by_feature(contract, inputs)
    counts = {row_count(tensor.get("shape")) for tensor in inputs.values()}
    if len(counts) != 1:
        raise malformed("All inputs have one shape, [N, 1], with N at least 1.")
    count = counts.pop()
    if count > max_batch:
        raise too_many_rows(max_batch)
    columns: dict[str, ModelValues] = {}
    for feature in features:
        tensor = inputs.get(feature.name)
        if tensor is None and not feature.optional:
            raise malformed(f"Input {feature.name} is missing.")
        for name, column in feature_columns(feature, tensor, count).items():
            columns[name] = column.reshape(-1, 1)
    return columns, count


def _by_feature(contract: Contract, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Answers the inputs by the names of their features."""
    found: dict[str, Tensor] = {}
    for name, tensor in inputs.items():
        feature = contract.find(name)
        if feature is None:
            raise _unknown_input()
        if feature in found:
            raise malformed(f"Input {feature} is given twice, by two names.")
        found[feature] = tensor
    return found


def row_count(shape: object) -> int:
    """Reads N of a shape [N, 1] or [N]."""
    if (
        not isinstance(shape, list)
        or not all(type(size) is int and size > 0 for size in shape)
        or not (len(shape) == 1 or (len(shape) == 2 and shape[1] == 1))
    ):
        raise malformed("An input's shape is [N, 1], with N at least 1.")
    return int(shape[0])


def requested_outputs(request: Mapping[str, Any], names: Sequence[str]) -> Steps[dict[str, bool]]:
    """Answers output name to whether it is to be binary; all of `names` where none is named."""
    every = parameters(request).get("binary_data_output", False)
    if not isinstance(every, bool):
        raise malformed("The request's binary_data_output is true or false.")
    listed = request.get("outputs")
    if listed is None or listed == []:
        return dict.fromkeys(names, every)
    wanted: dict[str, bool] = {}
    for number, item in enumerate(listed if isinstance(listed, list) else [None], 1):
        name = item.get("name") if isinstance(item, dict) else None
        if not isinstance(item, dict) or not isinstance(name, str) or name not in names:
            are = "The outputs are" if len(names) > 1 else "The only output is"
            raise malformed(f"{are} {' and '.join(names)}.")
        options = parameters(item)
        binary = options.get("binary_data", every)
        if not isinstance(binary, bool):
            raise malformed("An output's binary_data is true or false.")
        if options.get("classification") is not None:
            raise malformed(f"The classification extension is not served; ask for {names[-1]}.")
        wanted[name] = binary
        if number % STEP_OUTPUTS == 0:
            yield
    return wanted


def _unknown_input() -> Problem:
    return malformed("The model has no such input; see its metadata.")
