"""JSON Schemas of a model's rows and of `/predict`, derived from its contract.

A schema that callers send or get has a name, from which generators of clients make their types. A
list of fixed items is `prefixItems`, with `items` of a type beside it where JSON Schema alone would
want `items: false`: generators and linters stop at that, and at a `const` that is a list.
"""

import re
from collections.abc import Sequence
from typing import Any

from rookery_core.contract import (
    AnyFeature,
    BooleanFeature,
    CategoryFeature,
    Contract,
    DatetimeFeature,
    NumberFeature,
)

Schema = dict[str, Any]
REF = "#/components/schemas/{model}"


def ref(component: str) -> Schema:
    """Refers to a component of the document."""
    return {"$ref": REF.format(model=component)}


def example(contract: Contract) -> dict[str, float | bool | str]:
    """Makes a typical instance."""
    return {feature.name: feature.example for feature in contract.features}


def value_schema(feature: AnyFeature) -> Schema:
    """Describes one value of a feature: its range and unit, or its labels."""
    # Not as `title`: generators of clients make names of types of that.
    description = ": ".join(filter(None, (feature.title, feature.description)))
    value: Schema
    match feature:
        case NumberFeature():
            value = _number_schema(feature, description)
        case BooleanFeature():
            value = {"type": "boolean", "description": description}
        case CategoryFeature(unknown="accept"):
            known = "Any text; the model knows those that its card lists."
            value = {"type": "string", "description": f"{description} {known}".strip()}
        case CategoryFeature():
            value = {"type": "string", "enum": list(feature.values), "description": description}
        case DatetimeFeature():
            value = _datetime_schema(feature, description)
    if feature.optional:
        value["type"] = [value["type"], "null"]
        if "enum" in value:
            value["enum"].append(None)
    return {**value, "examples": [feature.example]}


def _number_schema(feature: NumberFeature, description: str) -> Schema:
    unit = f" ({feature.unit})" if feature.unit else ""
    limits = {"minimum": feature.minimum, "maximum": feature.maximum}
    value: Schema = {
        "type": "integer" if feature.integer else "number",
        **{name: bound for name, bound in limits.items() if bound is not None},
        "description": f"{description}{unit}".strip(),
    }
    if feature.unit:
        value["x-unit"] = feature.unit
    return value


def _datetime_schema(feature: DatetimeFeature, description: str) -> Schema:
    """Describes a moment by the formats of https://spec.openapis.org/registry/format/."""
    if feature.zone is None:
        form, words = "date-time-local", "ISO 8601 without an offset; a day alone is its midnight."
    else:
        form, words = "date-time", f"ISO 8601 with an offset; the model sees {feature.zone}."
    return {"type": "string", "format": form, "description": f"{description} {words}".strip()}


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


def predict_body(prefix: str) -> Schema:
    """Describes the body of `/predict`."""
    return {"oneOf": [ref(f"{prefix}Instance"), ref(f"{prefix}Instances")]}


def predict_answer(prefix: str) -> Schema:
    """Describes the answer of `/predict`."""
    answers = ("Answer", "Answers", "PartialAnswers")
    return {"oneOf": [ref(f"{prefix}{answer}") for answer in answers]}


def predict_components(contract: Contract, prefix: str, max_batch: int) -> Schema:
    """Describes by name what `/predict` of the model reads and answers."""
    prediction = _prediction(contract, prefix)
    predictions = {"type": "array", "items": ref(f"{prefix}Prediction")}
    either = {"anyOf": [ref(f"{prefix}Prediction"), ref("RowErrors")]}
    return {
        f"{prefix}Instance": instance_schema(contract),
        f"{prefix}Instances": closed_object(
            {"instances": rows_of(ref(f"{prefix}Instance"), max_batch)}
        ),
        **_class_components(contract, prefix),
        f"{prefix}Prediction": closed_object(prediction),
        f"{prefix}Answer": closed_object({**prediction, "model": ref("Origin")}),
        f"{prefix}Answers": closed_object({"predictions": predictions, "model": ref("Origin")}),
        f"{prefix}PartialAnswers": closed_object(
            {
                "predictions": {"type": "array", "items": either},
                "failed": {"type": "integer", "description": "How many rows have errors."},
                "model": ref("Origin"),
            }
        ),
    }


def answer_schema(contract: Contract, prefix: str) -> Schema:
    """Describes the one value of a row that is answered: its class, or its number."""
    if contract.task == "classification":
        return ref(f"{prefix}Label")
    unit = f" ({contract.unit})" if contract.unit else ""
    value: Schema = {
        "type": "number",
        "format": "double",
        "description": f"The {contract.target}{unit}.",
    }
    return {**value, "x-unit": contract.unit} if contract.unit else value


def _prediction(contract: Contract, prefix: str) -> Schema:
    """Describes the properties of what is said of one row."""
    if contract.task == "regression":
        value = answer_schema(contract, prefix)
        if contract.interval is None:
            return {"value": value}
        return {"value": value, "interval": _interval(contract.interval)}
    return {"class": ref(f"{prefix}Label"), "probabilities": ref(f"{prefix}Probabilities")}


def _interval(share: float) -> Schema:
    """Describes the two numbers between which most truths lie."""
    return {
        "type": "array",
        "items": {"type": "number", "format": "double"},
        "minItems": 2,
        "maxItems": 2,
        "description": f"Between these two {100 * share:g} % of the truths are to lie: as far from "
        "the value as those of training rows lay from answers out of fold. No guarantee.",
    }


def _class_components(contract: Contract, prefix: str) -> Schema:
    """Describes by name what only a model of classes answers."""
    if contract.task == "regression":
        return {}
    return {
        f"{prefix}Label": {"type": "string", "enum": list(contract.classes)},
        f"{prefix}Probabilities": _probabilities(contract.classes),
    }


def _probabilities(classes: Sequence[str]) -> Schema:
    """Describes an object of a probability for each class.

    Generators make a field of each property. Labels of which they would make the same name, or
    none, are keys of a map.
    """
    probability = {"type": "number", "minimum": 0, "maximum": 1.0001}
    words = {re.sub(r"[\W_]+", "", label).lower() for label in classes} - {""}
    if len(words) == len(classes):
        return closed_object(dict.fromkeys(classes, probability))
    return {
        "type": "object",
        "additionalProperties": probability,
        "propertyNames": {"enum": list(classes)},
        "minProperties": len(classes),
    }


def origin_components() -> Schema:
    """Describes by name what the answers of every model share."""
    text = {"type": "string"}
    facts = dict.fromkeys(("name", "version", "run_id", "data_digest"), text)
    about = "Which version of the model answered, and from which data it came."
    errors = closed_object({"errors": {"type": "array", "items": ref("Fault")}})
    return {
        "Origin": {**closed_object(facts), "description": about},
        "RowErrors": {**errors, "description": "What is wrong in one row of a batch."},
    }


def closed_object(properties: Schema) -> Schema:
    """Describes an object of exactly these properties."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def fixed_list(items: list[Schema], every: Schema) -> Schema:
    """Describes a list of exactly these items; each is one of `every` too, for generators."""
    return {
        "type": "array",
        "prefixItems": items,
        "items": every,
        "minItems": len(items),
        "maxItems": len(items),
    }


def with_nullable_types(value: Any) -> Any:
    """Writes `anyOf` of a plain type and null as one type that may be null, wherever it is.

    It means the same. OpenAPI Generator reads equal types as one object, and makes all of them null
    and gives them this one's description where it simplifies such an `anyOf`.
    """
    if isinstance(value, list):
        return [with_nullable_types(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {key: with_nullable_types(each) for key, each in value.items()}
    match found.get("anyOf"):
        case [{"type": str(name), **rest}, {"type": "null"}] if name != "null":
            del found["anyOf"]
            return {**rest, **found, "type": [name, "null"]}
    return found
