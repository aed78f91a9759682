"""JSON Schemas of `/v2`, the Open Inference Protocol."""

from rookery_api.docs.schemas import Schema, fixed_list, ref, value_schema
from rookery_core.contract import Contract, Feature, NumberFeature

_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_SIZES: Schema = {"type": "array", "items": {"type": "integer"}}


def inference_components(contract: Contract, prefix: str) -> Schema:
    """Describes by name the body of `/infer` for one row; N rows have shape [N, 1]."""
    tensors = [_tensor(feature) for feature in contract.features]
    example = {
        "inputs": [
            {
                "name": feature.name,
                "datatype": _datatype(feature),
                "shape": [1, 1],
                "data": [feature.example],
            }
            for feature in contract.features
        ]
    }
    request = _open_object({"inputs": fixed_list(tensors, ["object"])}, {"id": _TEXT})
    return {f"{prefix}Inference": {**request, "examples": [example]}}


def protocol_components() -> Schema:
    """Describes by name what `/v2` answers of every model."""
    parameters: Schema = {"type": "object", "additionalProperties": True}
    tensor = {"name": _TEXT, "datatype": _TEXT, "shape": _SIZES}
    data = {"type": "array", "items": {"anyOf": [{"type": "number"}, _TEXT]}}
    return {
        "ServerMetadata": _open_object({"name": _TEXT, "version": _TEXT, "extensions": _TEXTS}),
        "ServerLive": _open_object({"live": {"type": "boolean"}}),
        "ServerReady": _open_object({"ready": {"type": "boolean"}}),
        "ModelReady": _open_object({"name": _TEXT, "ready": {"type": "boolean"}}),
        "TensorMetadata": _open_object(tensor),
        "ModelMetadata": _open_object(
            {
                "name": _TEXT,
                "versions": _TEXTS,
                "platform": _TEXT,
                "inputs": {"type": "array", "items": ref("TensorMetadata")},
                "outputs": {"type": "array", "items": ref("TensorMetadata")},
            }
        ),
        "OutputTensor": {
            **_open_object(tensor, {"parameters": parameters, "data": data}),
            "description": "Data is absent where the output is binary.",
        },
        "InferenceResponse": _open_object(
            {
                "model_name": _TEXT,
                "model_version": _TEXT,
                "outputs": {"type": "array", "items": ref("OutputTensor")},
            },
            {"id": _TEXT, "parameters": parameters},
        ),
    }


def _tensor(feature: Feature) -> Schema:
    one: Schema = {"type": "integer", "minimum": 1, "maximum": 1}
    # A tensor has no null: the value is there, or the input is absent.
    value = value_schema(feature.model_copy(update={"optional": False}))
    data = {"type": "array", "items": value, "minItems": 1, "maxItems": 1, "description": "[N]"}
    return _open_object(
        {
            "name": {"const": feature.name},
            "datatype": {"const": _datatype(feature)},
            "shape": {
                "type": "array",
                "items": one,
                "minItems": 1,
                "maxItems": 2,
                "description": "[N, 1], or [N]",
            },
            "data": data,
        }
    )


def _datatype(feature: Feature) -> str:
    return "FP32" if isinstance(feature, NumberFeature) else "BYTES"


def _open_object(required: Schema, optional: Schema | None = None) -> Schema:
    """Describes an object that has these properties, and may have others."""
    return {
        "type": "object",
        "properties": {**(optional or {}), **required},
        "required": list(required),
        "additionalProperties": True,
    }
