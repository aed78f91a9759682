"""JSON Schemas of `/invocations`, MLflow's scoring protocol, derived from a contract."""

from rookery_api.docs.schemas import (
    Schema,
    answer_schema,
    closed_object,
    fixed_list,
    instance_schema,
    ref,
    rows_of,
    value_schema,
)
from rookery_core.contract import Contract


def scoring_body(prefix: str) -> Schema:
    """Describes the body of `/invocations`: one of MLflow's four shapes."""
    shapes = ("Split", "Records", "Examples", "Columns")
    return {"oneOf": [ref(f"{prefix}{shape}") for shape in shapes]}


def scoring_answer(contract: Contract, prefix: str) -> str:
    """Names the component that describes the answer of `/invocations`."""
    return f"{prefix}Values" if contract.task == "regression" else f"{prefix}Labels"


def scoring_components(contract: Contract, prefix: str, max_batch: int) -> Schema:
    """Describes by name what `/invocations` of the model reads and answers."""
    values = [value_schema(feature) for feature in contract.features]
    names = [feature.name for feature in contract.features]
    order = "In any order; unknown ones are left out."
    split = {
        "columns": {
            **fixed_list([{"const": name} for name in names], {"type": ["string"]}),
            "description": order,
        },
        "data": rows_of(fixed_list(values, {"type": _types(values)}), max_batch),
    }
    columns = {
        name: {"type": "array", "items": value, "minItems": 1, "maxItems": 1}
        for name, value in zip(names, values, strict=True)
    }
    one_row = "Columns of one common length, here of one row."
    records = rows_of(ref(f"{prefix}Record"), max_batch)
    answers = {"type": "array", "items": answer_schema(contract, prefix)}
    return {
        f"{prefix}Record": instance_schema(contract, closed=False),
        f"{prefix}Split": closed_object({"dataframe_split": closed_object(split)}),
        f"{prefix}Records": closed_object({"dataframe_records": records}),
        f"{prefix}Examples": closed_object({"instances": records}),
        f"{prefix}Columns": closed_object(
            {"inputs": {**closed_object(columns), "description": one_row}}
        ),
        scoring_answer(contract, prefix): {
            "type": "object",
            "properties": {"predictions": answers},
            "required": ["predictions"],
        },
    }


def _types(values: list[Schema]) -> list[str]:
    """Finds the JSON types of the values of a row."""
    found = (value["type"] for value in values)
    return sorted({name for each in found for name in ([each] if isinstance(each, str) else each)})
