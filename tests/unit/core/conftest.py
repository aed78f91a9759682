from typing import Any

import pytest


@pytest.fixture
def document() -> dict[str, Any]:
    """A small valid spec, as YAML would give it; each test gets its own copy."""
    return {
        "name": "iris",
        "source": {"url": "file:iris.csv"},
        "columns": [
            {"name": "petal", "kind": "number", "unit": "cm", "range": [0, 10]},
            {"name": "colour", "kind": "category", "values": ["red", "blue"]},
            {"name": "variety", "kind": "category", "values": ["setosa", "virginica"]},
        ],
        "target": "variety",
        "features": ["petal", "colour"],
        "estimator": "random_forest",
        "search_space": {"max_depth": {"distribution": "randint", "low": 2, "high": 9}},
    }
