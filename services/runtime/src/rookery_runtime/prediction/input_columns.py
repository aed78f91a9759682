"""Rows as a model takes them: one feature table, or a column for each feature."""

from collections.abc import Mapping, Sequence

import numpy as np

from rookery_core.contract import CategoryFeature, Contract, NumberFeature
from rookery_core.feature_table import TABLE, FeatureTable
from rookery_core.model_columns import (
    ModelValues,
    RequestValue,
    category_values,
    model_values,
    number_values,
)
from rookery_runtime.prediction.onnx_session import Session

Row = Mapping[str, RequestValue]
"""Feature to value; None where missing."""
Columns = Mapping[str, ModelValues]
"""The columns that the model takes (`rookery_core.model_columns`) [N, 1], by name; or all of them
as the one feature table [N, columns], by the name `TABLE`."""
LARGEST = float(np.finfo(np.float32).max)
"""A model takes no number beyond this one, whatever the contract allows."""


class ModelInputs:
    """Makes the inputs of one session, which answers rows of one contract."""

    def __init__(self, contract: Contract, session: Session) -> None:
        self._contract = contract
        self._table = FeatureTable(contract) if session.takes_table else None

    def of_rows(self, rows: Sequence[Row]) -> Columns:
        """Makes the inputs for `rows`."""
        if self._table is None:
            return columns_of(self._contract, rows)
        return {TABLE: self._table.of_rows(rows)}

    def of_columns(self, columns: Columns) -> Columns:
        """Makes the inputs of the model's columns, [N, 1] each."""
        if self._table is None:
            return columns
        return {TABLE: self._table.of_columns(columns)}


def columns_of(contract: Contract, rows: Sequence[Row]) -> Columns:
    """Answers a column for each of the model's."""
    columns: dict[str, ModelValues] = {}
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
