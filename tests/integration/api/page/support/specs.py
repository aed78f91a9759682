"""Specs that try the page's forms."""

import json
from typing import Any
from uuid import uuid4

from tools.harness.specs import shipped

from rookery_core.spec.model_spec import ModelSpec

LONG = "Supercalifragilisticexpialidocious" * 6
"""A text that no line holds and nothing parts."""


def a_spec_of_long_texts() -> ModelSpec:
    """Everywhere as much text as a spec may hold, much of it without a place to break."""
    categories = [f"{LONG[:196]}{number}" for number in range(4)]
    columns: list[dict[str, Any]] = [
        {"name": "a" * 48, "kind": "number", "range": [0, 120], "description": LONG},
        {"name": "volume", "kind": "number", "range": [0, 1e12], "unit": "W" * 60},
        {
            "name": "flow",
            "kind": "number",
            "range": [0, 120],
            "unit": "kilograms per cubic metre and second",
            "description": "What people write when nothing says how long. " * 8,
        },
        {"name": "few", "kind": "category", "values": [*categories, "short"]},
        {"name": "many", "kind": "category", "values": [*categories, *"abcdefgh"]},
        {"name": "kind_of", "kind": "category", "values": [*categories, "1", "<i>markup</i>"]},
    ]
    return _spec(f"{LONG} {LONG}", columns)


def a_spec_of_choices() -> ModelSpec:
    """Choices of several lines beside a list, a number with a unit, and a hint."""
    five = ["Never married", "Married", "Divorced", "Separated", "Widowed"]
    levels = ["Preschool", "Primary", "Secondary", "Bachelors", "Masters", "Doctorate"]
    columns: list[dict[str, Any]] = [
        {"name": "age", "kind": "number", "range": [16, 99], "unit": "years"},
        {"name": "marital_status", "kind": "category", "values": five},
        {"name": "education", "kind": "category", "values": levels},
        {"name": "status_before", "kind": "category", "values": five, "description": "In 1990"},
        {"name": "hours", "kind": "number", "range": [1, 99], "unit": "h", "optional": True},
        {"name": "title", "kind": "category", "values": ["Mr", "Mrs", "Dr"]},
        {"name": "income", "kind": "category", "values": ["<=50K", ">50K"]},
    ]
    return _spec("Income", columns)


def a_spec_of_thirteen_numbers() -> ModelSpec:
    """A form that is taller than a window of a desk computer."""
    columns: list[dict[str, Any]] = [
        {"name": f"measure_{number}", "kind": "number", "range": [0, 100]} for number in range(13)
    ]
    columns.append({"name": "cultivar", "kind": "category", "values": ["one", "two", "three"]})
    return _spec("Wine", columns)


def a_spec_of_units(units: dict[str, str]) -> ModelSpec:
    """A number of each unit, by its name."""
    columns: list[dict[str, Any]] = [
        {"name": name, "kind": "number", "range": [0, 9000], "unit": unit}
        for name, unit in units.items()
    ]
    columns.append({"name": "size", "kind": "category", "values": ["small", "large"]})
    return _spec("Units", columns)


def _spec(title: str, columns: list[dict[str, Any]]) -> ModelSpec:
    """A spec of these columns, the last of them the target; its source is never read."""
    spec = {
        "name": f"t{uuid4().hex[:12]}",
        "title": title,
        "description": title,
        "source": {"url": "package:penguins_size.csv"},
        "columns": columns,
        "target": columns[-1]["name"],
        "features": [column["name"] for column in columns[:-1]],
        "estimator": "logistic_regression",
        "search_space": {"C": {"distribution": "choice", "values": [1.0]}},
    }
    return ModelSpec.model_validate_json(json.dumps(spec))


def a_spec_with_categories() -> ModelSpec:
    """Few categories, many, an optional one; markup in the texts that people see."""
    spec = shipped("species").model_dump(mode="json")
    columns = {column["name"]: column for column in spec["columns"]}
    columns["sex"] |= {"title": "Männchen/Weibchen"}
    columns["island"] |= {"optional": True, "description": "<img src=x onerror=alert(1)>"}
    columns["sex"]["values"] = ["A", "B", "C", "D", "E", "F"]
    columns["bill_length_mm"] |= {"unit": "", "range": [-40, 40], "example": None}
    spec |= {
        "name": f"t{uuid4().hex[:12]}",
        "title": '<b>Bold</b> & "quoted"',
        "features": ["island", "sex", "bill_length_mm"],
    }
    return ModelSpec.model_validate_json(json.dumps(spec))
