"""A spec of the second version that has a column of every kind."""

import json
from typing import Any

from rookery_core.spec.model_spec import ModelSpec

COLUMNS: dict[str, dict[str, Any]] = {
    "size": {"kind": "number"},
    "count": {"kind": "number", "integer": True, "range": [0, 1000]},
    "paid": {"kind": "boolean"},
    "city": {"kind": "category", "values": "any"},
    "seen": {"kind": "datetime"},
    "sent": {"kind": "datetime", "zone": "Europe/Berlin", "format": "%d.%m.%Y %H:%M"},
    "at": {"kind": "datetime", "zone": "UTC"},
    "label": {"kind": "category", "values": ["no", "Yes"]},
}


def second_version(*names: str, **changes: Any) -> ModelSpec:
    """Makes a spec with these columns, or all of them, and `label` as the target."""
    chosen = names or tuple(name for name in COLUMNS if name != "label")
    document = {
        "spec": 2,
        "name": "second",
        "source": {"url": "file:x.csv"},
        "columns": [{"name": name, **COLUMNS[name]} for name in (*chosen, "label")],
        "target": "label",
        "features": "all",
        "estimator": "random_forest",
        **changes,
    }
    return ModelSpec.model_validate_json(json.dumps(document))
