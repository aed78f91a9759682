"""JSON Schemas of `/v2`, the Open Inference Protocol."""

from collections.abc import Iterator
from math import ceil, floor

import numpy as np

from rookery_api.base.datatypes import BYTES, NUMBERS, datatype
from rookery_api.docs.schemas import Schema, fixed_list, ref, value_schema
from rookery_core.contract import AnyFeature, BooleanFeature, Contract, NumberFeature
from rookery_runtime.prediction.values import bounds

_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_SIZES: Schema = {"type": "array", "items": {"type": "integer"}}
_PARAMETERS: Schema = {"type": "object", "additionalProperties": True}
_EXACT = 2**24
"""Up to here float32, which the models read, has every whole number."""


def inference_components(contract: Contract, prefix: str) -> Schema:
    """Describes by name the body of `/infer` for one row; N rows have shape [N, 1]."""
    tensors = [_tensor(feature) for feature in contract.features]
    example = {
        "inputs": [
            {
                "name": feature.name,
                "datatype": datatype(feature),
                "shape": [1, 1],
                "data": [feature.example],
            }
            for feature in contract.features
        ]
    }
    request = _open_object({"inputs": fixed_list(tensors, ref("InputTensor"))}, {"id": _TEXT})
    return {f"{prefix}Inference": {**request, "examples": [example]}}


def protocol_components() -> Schema:
    """Describes by name what `/v2` answers of every model."""
    tensor = {"name": _TEXT, "datatype": _TEXT, "shape": _SIZES}
    data = {"type": "array", "items": ref("TensorValue")}
    return {
        "TensorValue": {"anyOf": [{"type": "number"}, _TEXT, {"type": "boolean"}]},
        "InputTensor": _open_object(
            {**tensor, "datatype": {"type": "string", "enum": [*NUMBERS, BYTES]}, "data": data},
            {"parameters": _PARAMETERS},
        ),
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
            **_open_object(tensor, {"parameters": _PARAMETERS, "data": data}),
            "description": "Data is absent where the output is binary.",
        },
        "InferenceResponse": _open_object(
            {
                "model_name": _TEXT,
                "model_version": _TEXT,
                "outputs": {"type": "array", "items": ref("OutputTensor")},
            },
            {"id": _TEXT, "parameters": _PARAMETERS},
        ),
    }


def _tensor(feature: AnyFeature) -> Schema:
    """Describes the tensor of one value, in each of the datatypes that can hold one."""
    # A tensor has no null: the value is there, or the input is absent.
    value = value_schema(feature.model_copy(update={"optional": False}))
    if not isinstance(feature, NumberFeature | BooleanFeature):
        return _one_value(feature.name, [BYTES], value)
    kinds = _number_kinds(feature, value) if isinstance(feature, NumberFeature) else _truth_kinds()
    return {"anyOf": [_one_value(feature.name, *kind) for kind in kinds]}


def _truth_kinds() -> Iterator[tuple[list[str], Schema]]:
    """Lists the datatypes that can hold a boolean: numbers are 0 or 1."""
    yield ["BOOL"], {"type": "boolean"}
    yield [name for name in NUMBERS if name != "BOOL"], {"type": "integer", "enum": [0, 1]}


def _number_kinds(feature: NumberFeature, value: Schema) -> Iterator[tuple[list[str], Schema]]:
    """Lists the datatypes that can hold a value of the feature, each with what it can hold."""
    yield ["FP32", "FP64"], value
    half = float(np.finfo(np.float16).max)
    lowest, highest = bounds(feature)
    low, high = max(lowest, -half), min(highest, half)
    if low <= high:
        yield ["FP16"], {"type": value["type"], "minimum": low, "maximum": high}
    whole: dict[tuple[int, int], list[str]] = {}
    for name, dtype in NUMBERS.items():
        if dtype.kind in "iu" and name != "BOOL":
            limits = np.iinfo(dtype)
            least = max(ceil(lowest), int(limits.min), -_EXACT)
            most = min(floor(highest), int(limits.max), _EXACT)
            whole.setdefault((least, most), []).append(name)
    for (least, most), names in whole.items():
        if least <= most:
            yield names, {"type": "integer", "minimum": least, "maximum": most}
    truths = [truth for truth in (False, True) if lowest <= truth <= highest]
    if truths:
        yield ["BOOL"], {"type": "boolean", "enum": truths}


def _one_value(name: str, datatypes: list[str], value: Schema) -> Schema:
    one: Schema = {"type": "integer", "minimum": 1, "maximum": 1}
    data = {"type": "array", "items": value, "minItems": 1, "maxItems": 1, "description": "[N]"}
    return _open_object(
        {
            "name": {"const": name},
            "datatype": {"enum": datatypes},
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


def _open_object(required: Schema, optional: Schema | None = None) -> Schema:
    """Describes an object that has these properties, and may have others."""
    return {
        "type": "object",
        "properties": {**(optional or {}), **required},
        "required": list(required),
        "additionalProperties": True,
    }
