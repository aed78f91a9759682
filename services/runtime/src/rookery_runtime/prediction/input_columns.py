"""Rows as the model takes them: a column for each feature."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rookery_core.contract import CategoryFeature, Contract, NumberFeature
from rookery_core.model_columns import RequestValue, category_values, model_values, number_values

Row = Mapping[str, RequestValue]
"""Feature to value; None where missing."""
Columns = dict[str, NDArray[np.float32] | NDArray[np.object_]]
"""The columns that the model takes (`rookery_core.model_columns`) [N, 1], by name."""
LARGEST = float(np.finfo(np.float32).max)
"""A model takes no number beyond this one, whatever the contract allows."""


def columns_of(contract: Contract, rows: Sequence[Row]) -> Columns:
    """Answers the model's inputs for `rows`."""
    columns: Columns = {}
    for feature in contract.features:
        values = [row.get(feature.name) for row in rows]
        # The two kinds of first-version models: without a dictionary for each.
        if isinstance(feature, NumberFeature):
            columns[feature.name] = number_values(feature, values).reshape(-1, 1)
        elif isinstance(feature, CategoryFeature):
            columns[feature.name] = category_values(feature, values).reshape(-1, 1)
        else:
            for name, column in model_values(feature, values).items():
                columns[name] = column.reshape(-1, 1)
    return columns
