"""A table with a category in an order, and one of very many labels."""

import json
from typing import Any

import numpy as np
import pandas as pd

from rookery_core.database.rows_as_of import HELD
from rookery_core.database.tables import BATCH, ROW_ID
from rookery_core.spec.estimators import EstimatorName
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec

GRADES = ("low", "middle", "high")
SHOPS = 40
COLUMNS: tuple[dict[str, Any], ...] = (
    {"name": "size", "kind": "number"},
    {
        "name": "grade",
        "kind": "category",
        "values": list(GRADES),
        "ordered": True,
        "unknown": "accept",
    },
    {"name": "shop", "kind": "category", "values": "any", "encoding": "target"},
    {"name": "town", "kind": "category", "values": ["Bonn", "Ulm"], "encoding": "target"},
    {"name": "colour", "kind": "category", "values": ["red", "blue"]},
    {"name": "two", "kind": "boolean"},
    {"name": "three", "kind": "category", "values": ["c", "a", "b"]},
    {"name": "number", "kind": "number"},
)


def encoding_spec(estimator: EstimatorName, target: str, **changes: Any) -> ModelSpec:
    """Makes a spec of that table; `target` is `two`, `three` (its classes) or `number`."""
    keys: dict[str, Any] = {
        "spec": 2,
        "name": "shops",
        "source": {"url": "file:shops.csv"},
        "columns": [dict(column) for column in COLUMNS],
        "target": target,
        "features": ["colour", "shop", "size", "grade", "town"],
        "estimator": estimator,
        "trials": 1,
        **changes,
    }
    return parse_spec(json.dumps(keys), "shops")


def encoded_table(rows: int = 600, seed: int = 1) -> pd.DataFrame:
    """Draws its rows, of which some lack a value; shops have few rows or many."""
    generator = np.random.default_rng(seed)
    shop = generator.geometric(0.12, rows) % SHOPS
    grade = generator.integers(0, 3, rows)
    score = grade + np.sin(shop) + generator.normal(0, 0.5, rows)
    frame = pd.DataFrame(
        {
            ROW_ID: [f"row {number:06d}".encode() for number in range(rows)],
            BATCH: 1,
            "size": generator.normal(10, 2, rows),
            "grade": [GRADES[place] for place in grade],
            "shop": [f"s{number}" for number in shop],
            "town": generator.choice(["Bonn", "Ulm"], rows),
            "colour": generator.choice(["red", "blue"], rows),
            "two": [bool(flag) for flag in score > 1],
            "three": np.array(["a", "b", "c"])[np.digitize(score, [0.5, 1.5])],
            "number": 1000 + 10 * score,
            HELD: generator.random(rows) < 0.25,
        }
    )
    for name in ("grade", "shop", "colour"):
        frame[name] = frame[name].astype(object).where(generator.random(rows) > 0.05, None)
    return frame
