"""Specs of the second version, and tables with a column of each kind."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from rookery_core.database.rows_as_of import HELD
from rookery_core.database.tables import BATCH, IDENTITY, ROW_ID
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec
from rookery_trainer.data.batch import Batch
from rookery_trainer.data.snapshot import Snapshot, snapshot_of

COLUMNS: tuple[Mapping[str, Any], ...] = (
    {"name": "amount", "kind": "number"},
    {"name": "visits", "kind": "number", "range": [0, 50], "integer": True},
    {"name": "stamp", "kind": "number", "offset": 1.7e9},
    {"name": "member", "kind": "boolean"},
    {"name": "city", "kind": "category", "values": "any", "max_values": 4},
    {"name": "plan", "kind": "category", "values": ["free", "paid"]},
    {"name": "since", "kind": "datetime"},
    {"name": "seen", "kind": "datetime", "zone": "Europe/Berlin"},
    {"name": "patient", "kind": "category", "values": "any"},
    {"name": "outcome", "kind": "category", "values": ["good", "bad", "ugly", "odd"]},
    {"name": "churned", "kind": "boolean"},
)
FEATURES = ("amount", "visits", "stamp", "member", "city", "plan", "since", "seen")
CITIES = ("Bonn", "Köln", "Ulm", "Hof", "Rom", "Wien")


def spec_of(**changes: Any) -> ModelSpec:
    """Makes a spec of all columns, with the features of every kind and three classes."""
    keys: dict[str, Any] = {
        "spec": 2,
        "name": "visits",
        "source": {"url": "file:visits.csv"},
        "columns": [dict(column) for column in COLUMNS],
        "target": "outcome",
        "rare": {"merge": ["odd"], "into": "ugly"},
        "features": list(FEATURES),
        "estimator": "random_forest",
        "search_space": {"n_estimators": {"distribution": "choice", "values": [10]}},
        "trials": 1,
        **changes,
    }
    return parse_spec(json.dumps(keys), "visits")


def table_of(spec: ModelSpec, rows: int = 400, seed: int = 1) -> pd.DataFrame:
    """Draws rows as the processed table has them, with their sides; some values are missing."""
    generator = np.random.default_rng(seed)
    outcome = generator.choice(["good", "bad", "ugly", "odd"], rows, p=[0.4, 0.3, 0.25, 0.05])
    order = {"good": 0, "bad": 1, "ugly": 2, "odd": 2}
    place = np.array([order[label] for label in outcome])
    day = np.datetime64("2021-03-01T08:00:00", "us") + (
        generator.integers(0, 1500 * 24, rows) * np.timedelta64(3_600_000_000, "us")
    )
    frame = pd.DataFrame(
        {
            ROW_ID: [f"row {number:06d}".encode() for number in range(rows)],
            BATCH: 1 + (np.arange(rows) >= rows * 0.6).astype(np.int64),
            IDENTITY: [f"group {number % 60}".encode() for number in range(rows)],
            "amount": generator.normal(1e4, 300, rows) + 400 * place,
            "visits": generator.integers(0, 40, rows) + 3.0 * place,
            "stamp": 1.7e9 + generator.integers(0, 10**6, rows),
            "member": [bool(flag) for flag in generator.random(rows) < 0.2 + 0.3 * place],
            "city": generator.choice(CITIES, rows, p=[0.3, 0.25, 0.2, 0.1, 0.1, 0.05]),
            "plan": np.where(generator.random(rows) < 0.3 + 0.2 * place, "paid", "free"),
            "since": day,
            "seen": pd.Series(day).dt.tz_localize("UTC"),
            "patient": [f"p{number % 60}" for number in range(rows)],
            "outcome": outcome,
            "churned": [bool(flag) for flag in generator.random(rows) < 0.3 + 0.2 * (place == 1)],
            HELD: generator.random(rows) < 0.25,
        }
    )
    if spec.holdout.by == "time":
        frame[HELD] = frame["since"] > frame["since"].quantile(0.8)
    if spec.holdout.by == "group":
        frame[HELD] = [number % 60 < 15 for number in range(rows)]
    for name in ("amount", "member", "city", "seen"):
        frame[name] = frame[name].astype(object).where(generator.random(rows) > 0.05, None)
    frame["amount"] = frame["amount"].astype(np.float64)
    frame["seen"] = pd.to_datetime(frame["seen"], utc=True)
    return frame


def second_snapshot(spec: ModelSpec, rows: int = 400, seed: int = 1) -> Snapshot:
    """Makes the snapshot of drawn rows."""
    table = table_of(spec, rows, seed)
    return snapshot_of(spec, table, Batch(2, "digest", rows))
