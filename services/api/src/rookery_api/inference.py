"""`/v2/...`: the Open Inference Protocol (https://github.com/open-inference/open-inference-protocol).

A model has one input per feature, [N, 1]: FP32 for a number, BYTES for a category. An optional
feature's input may be absent, and a number is missing where it is NaN. The outputs are `label`,
BYTES [N], and `probabilities`, FP32 [N, classes].
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rookery_api import problems, rows
from rookery_api.answers import encode
from rookery_api.champion import Champion
from rookery_api.endpoint import Endpoint
from rookery_api.problems import Problem, malformed
from rookery_api.tensors import BYTES, join_texts, number_column, text_column
from rookery_core.contract import CategoryFeature, Feature, NumberFeature
from rookery_core.manifest import MISSING_CATEGORY, PROBABILITIES
from rookery_runtime.columns import Columns
from rookery_runtime.session import Probabilities

LABEL = "label"
PREFIX = "/v2"
HEADER_LENGTH = "Inference-Header-Content-Length"
_JSON = "application/json"


def inference_routes(endpoint: Endpoint, server_version: str) -> list[Route]:
    """The protocol's routes."""
    roster = endpoint.roster

    def champion_of(request: Request) -> Champion:
        champion = roster.champion(request.path_params["model"])
        if request.path_params.get("version", champion.version) != champion.version:
            raise Problem(404, "unknown_version", "That version is not the one that is served.")
        return champion

    async def server(_: Request) -> Response:
        return _json(
            {"name": "rookery", "version": server_version, "extensions": ["binary_tensor_data"]}
        )

    async def live(_: Request) -> Response:
        return _json({"live": True})

    async def ready(_: Request) -> Response:
        return _json({"ready": roster.ready}, 200 if roster.ready else 503)

    async def metadata(request: Request) -> Response:
        return _json(model_metadata(champion_of(request)))

    async def model_ready(request: Request) -> Response:
        champion = champion_of(request)
        return _json({"name": champion.contract.model, "ready": True})

    async def infer(request: Request) -> Response:
        champion = champion_of(request)
        body = await endpoint.reader.read(request.scope, request.receive)
        header = split_body(body, request.headers.get(HEADER_LENGTH))
        inputs = read_inputs(*header)
        columns, count = read_columns(champion, inputs, endpoint.max_batch)
        labels, probabilities = await endpoint.answer(champion, columns, count)
        return answer(champion, header[0], labels, probabilities)

    model = PREFIX + "/models/{model}"
    version = model + "/versions/{version}"
    return [
        Route(PREFIX, server),
        Route(PREFIX + "/health/live", live),
        Route(PREFIX + "/health/ready", ready),
        *(Route(path, metadata) for path in (model, version)),
        *(Route(path + "/ready", model_ready) for path in (model, version)),
        *(Route(path + "/infer", infer, methods=["POST"]) for path in (model, version)),
    ]


def model_metadata(champion: Champion) -> dict[str, object]:
    """Name, version, inputs and outputs."""
    contract = champion.contract
    return {
        "name": contract.model,
        "versions": [champion.version],
        "platform": "onnxruntime_onnx",
        "inputs": [
            {"name": feature.name, "datatype": datatype(feature), "shape": [-1, 1]}
            for feature in contract.features
        ],
        "outputs": [
            {"name": LABEL, "datatype": BYTES, "shape": [-1]},
            {"name": PROBABILITIES, "datatype": "FP32", "shape": [-1, len(contract.classes)]},
        ],
    }


def datatype(feature: Feature) -> str:
    """The protocol's type of a feature."""
    return "FP32" if isinstance(feature, NumberFeature) else BYTES


def split_body(body: bytes, header_length: str | None) -> tuple[dict[str, Any], bytes]:
    """The request's JSON, and the binary tensors behind it."""
    length = len(body)
    if header_length is not None:
        if not header_length.isascii() or not header_length.isdigit() or len(header_length) > 18:
            raise malformed(f"{HEADER_LENGTH} is not a number of bytes.")
        length = int(header_length)
        if length > len(body):
            raise malformed(f"{HEADER_LENGTH} is larger than the body.")
    document = rows.parse(body[:length])
    if not isinstance(document, dict) or not isinstance(document.get("inputs"), list):
        raise malformed("Send an object with a list of inputs.")
    if not isinstance(document.get("id", ""), str):
        raise malformed("The request's id is a text.")
    return document, body[length:]


def read_inputs(document: Mapping[str, Any], binary: bytes) -> dict[str, dict[str, Any]]:
    """The input tensors by name, their data as `bytes` or as the JSON's list."""
    inputs: dict[str, dict[str, Any]] = {}
    position = 0
    for tensor in document["inputs"]:
        if not isinstance(tensor, dict) or not isinstance(tensor.get("name"), str):
            raise malformed("Every input is an object with a name.")
        name = tensor["name"]
        if name in inputs:
            raise malformed("An input is given more than once.")
        size = parameters(tensor).get("binary_data_size")
        data = tensor.get("data")
        if size is not None:
            if type(size) is not int or not 0 <= size <= len(binary) - position:
                raise malformed("An input's binary_data_size does not fit the body.")
            data = binary[position : position + size]
            position += size
        if not isinstance(data, bytes | list):
            raise malformed("An input has neither data nor a binary_data_size.")
        inputs[name] = {**tensor, "data": data}
    if position != len(binary):
        raise malformed("The body holds more binary data than its inputs name.")
    return inputs


def parameters(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters of a request, an input or an output."""
    found = item.get("parameters", {})
    if not isinstance(found, dict):
        raise malformed("Parameters are an object.")
    return found


def read_columns(
    champion: Champion, inputs: Mapping[str, dict[str, Any]], max_batch: int
) -> tuple[Columns, int]:
    """The model's inputs, every value within the contract, and the number of rows."""
    features = champion.contract.features
    if set(inputs) - {feature.name for feature in features}:
        raise malformed("The model has no such input; see its metadata.")
    counts = {row_count(tensor.get("shape")) for tensor in inputs.values()}
    if len(counts) != 1:
        raise malformed("All inputs have one shape, [N, 1], with N at least 1.")
    count = counts.pop()
    if count > max_batch:
        raise problems.too_many_rows(max_batch)
    columns: Columns = {}
    for feature in features:
        tensor = inputs.get(feature.name)
        if tensor is None and not feature.optional:
            raise malformed(f"Input {feature.name} is missing.")
        columns[feature.name] = (
            _numbers(feature, tensor, count)
            if isinstance(feature, NumberFeature)
            else _texts(feature, tensor, count)
        ).reshape(-1, 1)
    return columns, count


def row_count(shape: object) -> int:
    """N of a shape [N, 1] or [N]."""
    if (
        not isinstance(shape, list)
        or not all(type(size) is int and size > 0 for size in shape)
        or not (len(shape) == 1 or (len(shape) == 2 and shape[1] == 1))
    ):
        raise malformed("An input's shape is [N, 1], with N at least 1.")
    return int(shape[0])


def _numbers(
    feature: NumberFeature, tensor: Mapping[str, Any] | None, count: int
) -> np.ndarray[Any, np.dtype[np.float32]]:
    if tensor is None:
        return np.full(count, np.nan, dtype=np.float32)
    values = number_column(feature.name, tensor.get("datatype"), tensor["data"], count)
    # Compared as what was sent: a bound that float32 cannot hold is still within its own range.
    low, high = np.array([feature.minimum, feature.maximum], dtype=values.dtype)
    accepted = (values >= low) & (values <= high)
    if feature.optional:
        accepted |= np.isnan(values)
    if not accepted.all():
        raise malformed(
            f"Input {feature.name} must be from {feature.minimum:g} to {feature.maximum:g}."
        )
    return values.astype(np.float32)


def _texts(
    feature: CategoryFeature, tensor: Mapping[str, Any] | None, count: int
) -> np.ndarray[Any, np.dtype[np.object_]]:
    if tensor is None:
        return np.full(count, MISSING_CATEGORY, dtype=object)
    values = text_column(feature.name, tensor.get("datatype"), tensor["data"], count)
    if not set(values) <= set(feature.values):
        raise malformed(f"Input {feature.name} must be one of {', '.join(feature.values)}.")
    return np.array(values, dtype=object)


def answer(
    champion: Champion,
    request: Mapping[str, Any],
    labels: list[str],
    probabilities: Probabilities,
) -> Response:
    """The outputs that the request asks for, each as JSON or binary as it asks."""
    wanted = requested_outputs(request)
    outputs, tail = [], b""
    for name, binary in wanted.items():
        output: dict[str, Any] = (
            {"name": LABEL, "datatype": BYTES, "shape": [len(labels)]}
            if name == LABEL
            else {"name": name, "datatype": "FP32", "shape": list(probabilities.shape)}
        )
        if binary:
            data = join_texts(labels) if name == LABEL else probabilities.astype("<f4").tobytes()
            output["parameters"] = {"binary_data_size": len(data)}
            tail += data
        else:
            output["data"] = labels if name == LABEL else probabilities.ravel().tolist()
        outputs.append(output)
    document: dict[str, object] = {
        "model_name": champion.contract.model,
        "model_version": champion.version,
        "outputs": outputs,
        "parameters": {
            "run_id": champion.run_id,
            "data_digest": champion.manifest.data_digest,
        },
    }
    if "id" in request:
        document["id"] = request["id"]
    head = encode(document)
    if not any(wanted.values()):
        return Response(head, media_type=_JSON)
    return Response(
        head + tail,
        media_type="application/octet-stream",
        headers={HEADER_LENGTH: str(len(head))},
    )


def requested_outputs(request: Mapping[str, Any]) -> dict[str, bool]:
    """Output name to whether it is to be binary; all outputs where the request names none."""
    every = parameters(request).get("binary_data_output", False)
    if not isinstance(every, bool):
        raise malformed("The request's binary_data_output is true or false.")
    listed = request.get("outputs")
    if listed is None or listed == []:
        return {LABEL: every, PROBABILITIES: every}
    wanted: dict[str, bool] = {}
    for item in listed if isinstance(listed, list) else [None]:
        name = item.get("name") if isinstance(item, dict) else None
        if not isinstance(item, dict) or name not in (LABEL, PROBABILITIES):
            raise malformed(f"The outputs are {LABEL} and {PROBABILITIES}.")
        binary = parameters(item).get("binary_data", every)
        if not isinstance(binary, bool):
            raise malformed("An output's binary_data is true or false.")
        if parameters(item).get("classification") is not None:
            raise malformed("The classification extension is not served; ask for probabilities.")
        wanted[name] = binary
    return wanted


def _json(document: object, status: int = 200) -> Response:
    return Response(encode(document), status_code=status, media_type=_JSON)
