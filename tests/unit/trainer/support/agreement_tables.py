"""Tables on which exports of the second version are compared with their originals, at length.

Numbers of all sizes, whole, constant and missing; one that is known exactly where the target is
large, so that trees part missing values from all others at infinity; a category and a boolean.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from rookery_core.database.rows_as_of import HELD
from rookery_core.database.tables import BATCH, IDENTITY, ROW_ID
from rookery_core.manifest import Calibration
from rookery_core.spec.estimators import EstimatorName
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.spec_yaml import parse_spec
from rookery_trainer.data.batch import Batch
from rookery_trainer.data.snapshot import Snapshot, snapshot_of

ROWS = 700
MISSING = 0.12


def agreement_spec(
    estimator: EstimatorName, space: Mapping[str, Any], classes: int, **changes: Any
) -> ModelSpec:
    """Makes a spec of that many classes; of a number, where there are none."""
    labels = [f"c{number}" for number in range(classes)]
    target = {"kind": "category", "values": labels} if classes else {"kind": "number"}
    columns: list[dict[str, Any]] = [
        *({"name": name, "kind": "number"} for name in ("plain", "whole", "tiny", "huge", "known")),
        {"name": "town", "kind": "category", "values": ["Rom", "Ulm", "Hof"], "unknown": "accept"},
        {"name": "member", "kind": "boolean"},
        {"name": "answer", **target},
    ]
    keys: dict[str, Any] = {
        "spec": 2,
        "name": "agreement",
        "source": {"url": "file:agreement.csv"},
        "columns": columns,
        "target": "answer",
        "features": "all",
        "estimator": estimator,
        "search_space": {
            name: each.model_dump(mode="json")
            for name, each in space.items()
            if classes or name != "class_weight"
        },
        "trials": 1,
        **changes,
    }
    return parse_spec(json.dumps(keys), "agreement")


def agreement_snapshot(spec: ModelSpec, seed: int, rows: int = ROWS) -> Snapshot:
    """Draws the rows; every class has some of them on either side."""
    generator = np.random.default_rng(seed)
    plain, whole = generator.normal(size=rows), np.round(generator.normal(size=rows) * 3)
    value = plain + 0.3 * whole + generator.normal(0, 0.5, rows)
    numbers = {
        "plain": plain,
        "whole": whole,
        "tiny": generator.normal(size=rows) * 1e-30,
        "huge": generator.normal(size=rows) * 1e30,
    }
    for each in numbers.values():
        each[generator.random(rows) < MISSING] = np.nan
    numbers["known"] = np.where(value > 0, 1.0 + (whole > 0), np.nan)
    ranks = np.argsort(np.argsort(value))
    answer: Any = np.exp(value)
    if spec.task == "classification":
        answer = [spec.classes[rank * len(spec.classes) // rows] for rank in ranks]
    frame = pd.DataFrame(
        {
            ROW_ID: [f"row {number:06d}".encode() for number in range(rows)],
            BATCH: 1,
            IDENTITY: [f"row {number}".encode() for number in range(rows)],
            **numbers,
            "town": generator.choice(["Rom", "Ulm", "Hof"], rows),
            "member": [bool(each) for each in value + generator.normal(size=rows) > 0],
            "answer": answer,
            # Ranks of one class are neighbours.
            HELD: ranks % 4 == 0,
        }
    )
    return snapshot_of(spec, frame, Batch(1, "digest", rows))


def calibration_of(classes: int, seed: int) -> Calibration:
    """Draws a calibration as sweeps find them."""
    generator = np.random.default_rng(seed)
    scale = float(np.exp(generator.uniform(-0.7, 0.7)))
    offset = float(generator.normal(0, 0.5)) if classes == 2 else 0.0
    return Calibration(scale=scale, offset=offset, gain=0.01)
