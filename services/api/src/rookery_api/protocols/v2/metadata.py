"""What `/v2` says of the server and of each model, and whether they are ready.

A model has one input per feature, [N, 1]: FP32 for a number, BOOL for a boolean, BYTES for a
category and for a moment (ISO 8601). Numbers of other types (FP16, FP64, INT, UINT, BOOL) are taken
too, exactly or not at all; so are 0 and 1 for a boolean. An optional feature's input may be absent;
a number or boolean is missing where it is NaN, a moment where its text is empty. The outputs are
`label`, BYTES [N], and `probabilities`, FP32 [N, classes]; of a model of numbers `prediction`, FP64
[N, 1], alone. Where all features are numbers or
booleans, one input of another name may hold them all, [N, features] in the order of the inputs.
"""

from starlette.requests import Request
from starlette.responses import Response

from rookery_api.base.datatypes import BYTES, datatype
from rookery_api.base.problems import Problem
from rookery_api.base.responses import encode
from rookery_api.protocols.answers import LABEL
from rookery_api.registry.champion import Champion
from rookery_api.registry.served_models import ServedModels
from rookery_core.contract import Contract
from rookery_core.manifest import output_of

_JSON = "application/json"


async def server_metadata(version: str, _: Request) -> Response:
    """Answers `/v2`."""
    return _json({"name": "rookery", "version": version, "extensions": ["binary_tensor_data"]})


async def live(_: Request) -> Response:
    """Answers `/v2/health/live`."""
    return _json({"live": True})


async def ready(models: ServedModels, _: Request) -> Response:
    """Answers `/v2/health/ready`."""
    return _json({"ready": models.ready}, 200 if models.ready else 503)


async def metadata(models: ServedModels, request: Request) -> Response:
    """Answers `/v2/models/{model}`, with or without a version."""
    return _json(model_metadata(champion_of(models, request)))


async def model_ready(models: ServedModels, request: Request) -> Response:
    """Answers `.../ready`: only for a champion that serves."""
    champion = champion_of(models, request)
    return _json({"name": champion.contract.model, "ready": True})


def champion_of(models: ServedModels, request: Request) -> Champion:
    """Finds the champion of the path's model, which the log names.

    Raises:
        Problem: 404 for another version than it has.
    """
    champion = models.champion(request.path_params["model"])
    request.scope["state"]["model_version"] = champion.version
    if request.path_params.get("version", champion.version) != champion.version:
        raise Problem(404, "unknown_version", "That version is not the one that is served.")
    return champion


def model_metadata(champion: Champion) -> dict[str, object]:
    """Describes the model: name, version, inputs and outputs."""
    contract = champion.contract
    return {
        "name": contract.model,
        "versions": [champion.version],
        "platform": "onnxruntime_onnx",
        "inputs": [
            {"name": feature.name, "datatype": datatype(feature), "shape": [-1, 1]}
            for feature in contract.features
        ],
        "outputs": _outputs(contract),
    }


def _outputs(contract: Contract) -> list[dict[str, object]]:
    name, width = output_of(contract)
    if contract.task == "regression":
        return [{"name": name, "datatype": "FP64", "shape": [-1, width]}]
    return [
        {"name": LABEL, "datatype": BYTES, "shape": [-1]},
        {"name": name, "datatype": "FP32", "shape": [-1, width]},
    ]


def _json(document: object, status: int = 200) -> Response:
    return Response(encode(document), status_code=status, media_type=_JSON)
