"""Specs and tables whose target is a number."""

import json
from typing import Any

import numpy as np
import pandas as pd
from tests.unit.trainer.support.second_version import COLUMNS, FEATURES, spec_of, table_of

from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec
from rookery_trainer.data.batch import Batch
from rookery_trainer.data.snapshot import Snapshot, snapshot_of


def number_spec(**changes: Any) -> ModelSpec:
    """Makes a spec that predicts the cost of a visit from features of every kind."""
    keys: dict[str, Any] = {
        "spec": 2,
        "name": "costs",
        "source": {"url": "file:visits.csv"},
        "columns": [*map(dict, COLUMNS), {"name": "cost", "kind": "number", "unit": "EUR"}],
        "target": "cost",
        "features": list(FEATURES),
        "estimator": "random_forest",
        "search_space": {"n_estimators": {"distribution": "choice", "values": [10]}},
        "trials": 1,
        **changes,
    }
    return parse_spec(json.dumps(keys), "costs")


def number_table(spec: ModelSpec, rows: int = 400, seed: int = 1) -> pd.DataFrame:
    """Draws rows whose cost follows from visits and membership, with noise that grows with it."""
    table = table_of(spec_of(**_holdout(spec)), rows, seed)
    generator = np.random.default_rng([seed, rows])
    member = table["member"].eq(other=True).to_numpy(dtype=np.float64)
    level = 3 + 0.05 * table["visits"].to_numpy(dtype=np.float64) + 0.3 * member
    table["cost"] = np.exp(level + generator.normal(0, 0.1, rows))
    return table


def number_snapshot(spec: ModelSpec, rows: int = 400, seed: int = 1) -> Snapshot:
    """Makes the snapshot of drawn rows."""
    return snapshot_of(spec, number_table(spec, rows, seed), Batch(2, "digest", rows))


def _holdout(spec: ModelSpec) -> dict[str, Any]:
    return {"holdout": spec.holdout.model_dump(mode="json", exclude_unset=True)}
