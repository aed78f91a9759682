"""A wide model: sixty features, half of them categories, and fifty classes with long labels."""

import json
from typing import Any

import numpy as np
import pandas as pd

from rookery_core.spec.columns import AnyColumn, CategoryColumn, NumberColumn
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.rows import Rows, row_keys

NUMBERS = [f"n{number:02}" for number in range(30)]
CATEGORIES = [f"c{number:02}" for number in range(30)]
CLASSES = [f"{number:03} ".ljust(199, "ö") + "." for number in range(50)]
VALUES = ["blue", "green", "red", "white", "black"]
LONG_VALUES = [f"{number:03} ".ljust(199, "ü") + "." for number in range(100)]
"""Of one category: no message may list them."""


def wide_spec(name: str) -> ModelSpec:
    """Makes the spec; its source is never read."""
    numbers = [{"name": n, "kind": "number", "range": [0, 100], "optional": True} for n in NUMBERS]
    categories: list[dict[str, Any]] = [
        {"name": name, "kind": "category", "values": VALUES} for name in CATEGORIES
    ]
    categories[-1] |= {"values": LONG_VALUES, "optional": True}
    target = {"name": "kind_of", "kind": "category", "values": CLASSES}
    spec = {
        "name": name,
        "source": {"url": "package:penguins_size.csv"},
        "columns": [*numbers, *categories, target],
        "target": "kind_of",
        "features": [*NUMBERS, *CATEGORIES],
        "estimator": "logistic_regression",
        "search_space": {"C": {"distribution": "choice", "values": [1.0]}},
    }
    return ModelSpec.model_validate_json(json.dumps(spec))


def wide_rows(spec: ModelSpec) -> Rows:
    """Eight rows of each class, at random within the columns' ranges."""
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(len(spec.classes), dtype=np.intp), 8)
    columns = {
        column.name: random.uniform(*column.bounds, len(labels)).astype(np.float32)
        if isinstance(column, NumberColumn)
        else random.choice(np.array(_labels(column), dtype=object), len(labels))
        for column in spec.feature_columns
    }
    keys = row_keys(f"{number:09}".encode() for number in range(len(labels)))
    return Rows(pd.DataFrame(columns), labels, keys)


def _labels(column: AnyColumn) -> tuple[str, ...]:
    assert isinstance(column, CategoryColumn)
    return column.labels


def wide_row() -> dict[str, Any]:
    """Makes a row that fits; a thousand of them fill a body of 1 MiB as JSON objects."""
    numbers = dict.fromkeys(NUMBERS, 12.5)
    return {**numbers, **dict.fromkeys(CATEGORIES[:-1], "blue"), CATEGORIES[-1]: None}
