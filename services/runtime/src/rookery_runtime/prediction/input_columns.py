"""Rows as the model takes them: a column for each feature."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rookery_core.contract import CategoryFeature, Contract
from rookery_core.manifest import MISSING_CATEGORY

Row = Mapping[str, float | int | str | None]
"""Feature to value; None where missing."""
Columns = dict[str, NDArray[np.float32] | NDArray[np.object_]]
"""Feature to column [N, 1]: float32 with NaN, or text with `MISSING_CATEGORY`, where missing."""
LARGEST = float(np.finfo(np.float32).max)
"""A model takes no number beyond this one, whatever the contract allows."""


def columns_of(contract: Contract, rows: Sequence[Row]) -> Columns:
    """Answers the model's inputs for `rows`."""
    columns: Columns = {}
    for feature in contract.features:
        values = [row.get(feature.name) for row in rows]
        if isinstance(feature, CategoryFeature):
            texts = [MISSING_CATEGORY if value is None else value for value in values]
            columns[feature.name] = np.array(texts, dtype=object).reshape(-1, 1)
        else:
            # NumPy makes None NaN.
            columns[feature.name] = np.array(values, dtype=np.float32).reshape(-1, 1)
    return columns
