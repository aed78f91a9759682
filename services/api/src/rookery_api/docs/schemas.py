"""JSON Schemas of a model's requests and answers, derived from its contract."""

from typing import Any

from rookery_core.contract import Contract, Feature, NumberFeature

Schema = dict[str, Any]


def example(contract: Contract) -> dict[str, float | str]:
    """Makes a typical instance."""
    return {feature.name: feature.example for feature in contract.features}


def value_schema(feature: Feature) -> Schema:
    """Describes one value of a feature: its range and unit, or its labels."""
    value: Schema
    # Not as `title`: generators of clients make names of types of that.
    description = ": ".join(filter(None, (feature.title, feature.description)))
    if isinstance(feature, NumberFeature):
        unit = f" ({feature.unit})" if feature.unit else ""
        value = {
            "type": "number",
            "minimum": feature.minimum,
            "maximum": feature.maximum,
            "description": f"{description}{unit}".strip(),
        }
        if feature.unit:
            value["x-unit"] = feature.unit
    else:
        value = {
            "type": "string",
            "enum": list(feature.values),
            "description": description,
        }
    if feature.optional:
        value["type"] = [value["type"], "null"]
        if "enum" in value:
            value["enum"].append(None)
    return {**value, "examples": [feature.example]}


def instance_schema(contract: Contract, *, closed: bool = True) -> Schema:
    """Describes one row as an object."""
    return {
        "type": "object",
        "properties": {f.name: value_schema(f) for f in contract.features},
        "required": [f.name for f in contract.features if not f.optional],
        "additionalProperties": not closed,
        "examples": [example(contract)],
    }


def rows_of(item: Schema, max_batch: int) -> Schema:
    """Describes one row or more; too many are a matter of size (413), not of form (422)."""
    limit = f"At most {max_batch} rows; more are answered with 413."
    return {"type": "array", "items": item, "minItems": 1, "description": limit}


def predict_schema(contract: Contract, max_batch: int) -> Schema:
    """Describes the body of `/predict`."""
    instance = instance_schema(contract)
    batch = {
        "type": "object",
        "properties": {"instances": rows_of(instance, max_batch)},
        "required": ["instances"],
        "additionalProperties": False,
    }
    return {"oneOf": [instance, batch]}


def answer_schema(contract: Contract) -> Schema:
    """Describes the answer of `/predict`."""
    text = {"type": "string"}
    origin = {
        "type": "object",
        "properties": {
            "name": {"const": contract.model},
            "version": text,
            "run_id": text,
            "data_digest": text,
        },
        "required": ["name", "version", "run_id", "data_digest"],
    }
    prediction: Schema = {
        "class": {"type": "string", "enum": list(contract.classes)},
        "probabilities": {
            "type": "object",
            "properties": {
                name: {"type": "number", "minimum": 0, "maximum": 1.0001}
                for name in contract.classes
            },
            "required": list(contract.classes),
            "additionalProperties": False,
        },
    }
    one = {
        "type": "object",
        "properties": {**prediction, "model": origin},
        "required": ["class", "probabilities", "model"],
        "additionalProperties": False,
    }
    item = {"type": "object", "properties": prediction, "required": list(prediction)}
    many = {
        "type": "object",
        "properties": {"predictions": {"type": "array", "items": item}, "model": origin},
        "required": ["predictions", "model"],
        "additionalProperties": False,
    }
    return {"oneOf": [one, many]}


def scoring_schema(contract: Contract, max_batch: int) -> Schema:
    """Describes the body of `/invocations`: one of MLflow's four shapes."""
    names = [feature.name for feature in contract.features]
    record = instance_schema(contract, closed=False)
    values = [value_schema(feature) for feature in contract.features]
    row = {
        "type": "array",
        "prefixItems": values,
        "items": False,
        "minItems": len(values),
    }
    split = {
        "type": "object",
        "properties": {
            "columns": {"const": names, "description": "In any order; unknown ones are left out."},
            "data": rows_of(row, max_batch),
        },
        "required": ["columns", "data"],
        "additionalProperties": False,
    }
    columns = {
        "type": "object",
        "description": "Columns of one common length, here of one row.",
        "properties": {
            feature.name: {"type": "array", "items": value, "minItems": 1, "maxItems": 1}
            for feature, value in zip(contract.features, values, strict=True)
        },
        "required": names,
        "additionalProperties": False,
    }
    shapes: dict[str, Schema] = {
        "dataframe_split": split,
        "dataframe_records": rows_of(record, max_batch),
        "instances": rows_of(record, max_batch),
        "inputs": columns,
    }
    return {
        "oneOf": [
            {
                "type": "object",
                "properties": {name: shape},
                "required": [name],
                "additionalProperties": False,
            }
            for name, shape in shapes.items()
        ]
    }


def inference_schema(contract: Contract) -> Schema:
    """Describes the body of `/v2/models/.../infer` for one row; N rows have shape [N, 1]."""
    tensors = [
        {
            "type": "object",
            "properties": {
                "name": {"const": feature.name},
                "datatype": {"const": "FP32" if isinstance(feature, NumberFeature) else "BYTES"},
                "shape": {"const": [1, 1], "description": "[N, 1]"},
                "data": {
                    "type": "array",
                    "items": _present(feature),
                    "minItems": 1,
                    "maxItems": 1,
                    "description": "[N]",
                },
            },
            "required": ["name", "datatype", "shape", "data"],
            "additionalProperties": True,
        }
        for feature in contract.features
    ]
    return {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "inputs": {
                "type": "array",
                "prefixItems": tensors,
                "items": False,
                "minItems": len(tensors),
            },
        },
        "required": ["inputs"],
        "additionalProperties": True,
        "examples": [
            {
                "inputs": [
                    {
                        "name": feature.name,
                        "datatype": "FP32" if isinstance(feature, NumberFeature) else "BYTES",
                        "shape": [1, 1],
                        "data": [feature.example],
                    }
                    for feature in contract.features
                ]
            }
        ],
    }


def _present(feature: Feature) -> Schema:
    """Describes a value that is there: a tensor has no null."""
    return value_schema(feature.model_copy(update={"optional": False}))
