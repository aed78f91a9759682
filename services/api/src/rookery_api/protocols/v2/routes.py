"""`/v2/...`: the Open Inference Protocol (https://github.com/open-inference/open-inference-protocol).

A model has one input per feature, [N, 1]: FP32 for a number, BYTES for a category. An optional
feature's input may be absent, and a number is missing where it is NaN. The outputs are `label`,
BYTES [N], and `probabilities`, FP32 [N, classes].
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rookery_api.base.problems import Problem
from rookery_api.base.responses import encode
from rookery_api.protocols.prediction_context import Endpoint
from rookery_api.protocols.v2.request import HEADER_LENGTH, LABEL, read_request
from rookery_api.protocols.v2.response import answer, answer_bytes
from rookery_api.protocols.v2.tensors import BYTES
from rookery_api.registry.champion import Champion
from rookery_core.contract import Feature, NumberFeature
from rookery_core.manifest import PROBABILITIES

PREFIX = "/v2"
_JSON = "application/json"


def inference_routes(endpoint: Endpoint, server_version: str) -> list[Route]:
    """The protocol's routes."""
    models = endpoint.models

    def champion_of(request: Request) -> Champion:
        champion = models.champion(request.path_params["model"])
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
        return _json({"ready": models.ready}, 200 if models.ready else 503)

    async def metadata(request: Request) -> Response:
        return _json(model_metadata(champion_of(request)))

    async def model_ready(request: Request) -> Response:
        champion = champion_of(request)
        return _json({"name": champion.contract.model, "ready": True})

    async def infer(request: Request) -> Response:
        champion = champion_of(request)
        body = await endpoint.reader.read(request.scope, request.receive)
        length = request.headers.get(HEADER_LENGTH)
        steps = read_request(champion.contract, body, length, endpoint.max_batch)
        asked = await endpoint.work(len(body), steps)
        labels, probabilities = await endpoint.answer(champion, asked.columns, asked.rows)
        parts = answer(champion, asked, labels, probabilities)
        return await endpoint.work(answer_bytes(asked, probabilities), parts)

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


def _json(document: object, status: int = 200) -> Response:
    return Response(encode(document), status_code=status, media_type=_JSON)
