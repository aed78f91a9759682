"""Specs of the second version: one with every key, and changes to it."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from rookery_core.errors import Refused
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec

Document = dict[str, Any]
Change = Callable[[Document], object]


def shop_document() -> Document:
    """Makes a spec with every key of the second version."""
    return {
        "spec": 2,
        "name": "shop",
        "source": {"url": "file:shop.csv", "mode": "append"},
        "csv": {"delimiter": ";", "decimal": ",", "thousands": ".", "encoding": "cp1252"},
        "extra_columns": "refuse",
        "ignore": ["Note"],
        "null_tokens": ["?"],
        "columns": [
            {"name": "price", "kind": "number"},
            {"name": "items", "kind": "number", "range": [0, 9], "integer": True, "offset": 2},
            {"name": "day", "kind": "datetime", "format": "%d.%m.%Y", "zone": "Europe/Berlin"},
            {"name": "town", "kind": "category", "values": "any", "max_values": 5},
            {"name": "open", "kind": "boolean", "true": ["ja"], "false": ["nein"]},
            {"name": "size", "kind": "category", "values": ["a", "b", "c"], "unknown": "accept"},
        ],
        "target": "size",
        "rare": {"merge": ["b", "c"], "into": "other"},
        "features": {"except": ["town"]},
        "estimator": "random_forest",
        "holdout": {"by": "time", "column": "day", "embargo": "7d"},
    }


def parsed(document: Document) -> ModelSpec:
    """Reads the document as a spec."""
    return parse_spec(yaml.safe_dump(document, allow_unicode=True), "shop.yaml")


def refusal(document: Document) -> str:
    """Returns why the document is refused."""
    with pytest.raises(Refused) as refused:
        parsed(document)
    assert refused.value.exit_code == 42
    return str(refused.value)


def boolean_target(shop: Document) -> None:
    """Makes the boolean its target."""
    shop |= {"target": "open", "rare": "refuse", "features": ["price"]}


def into(*path: str | int, to: Any) -> Change:
    """Sets what is at that path."""

    def change(document: Document) -> None:
        place: Any = document
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return change


def number_target(**keys: str) -> Change:
    """Makes the number of either document its target."""

    def change(document: Document) -> None:
        document |= {"target": document["columns"][0]["name"], "features": ["colour"], **keys}

    return change
