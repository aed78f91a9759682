"""Model columns: what a model sees of the features of a row.

A number, a boolean and a category are one column each, with the feature's name. A datetime is
several numbers, named `FEATURE.PART`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rookery_core.datetime_parts import PARTS, datetime_parts
from rookery_core.manifest import MISSING_CATEGORY, FeatureValue
from rookery_core.spec.columns import (
    AnyColumn,
    BooleanColumn,
    CategoryColumn,
    DatetimeColumn,
    NumberColumn,
)
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.table import Table


def model_columns(column: AnyColumn) -> tuple[str, ...]:
    """Names the model columns of a feature."""
    if isinstance(column, DatetimeColumn):
        return tuple(f"{column.name}.{part}" for part in PARTS)
    return (column.name,)


def number_columns(spec: ModelSpec) -> list[str]:
    """Names the model columns that hold numbers, in the order of the features."""
    return [
        name
        for column in spec.feature_columns
        if not isinstance(column, CategoryColumn)
        for name in model_columns(column)
    ]


def category_columns(spec: ModelSpec) -> list[CategoryColumn]:
    """Selects the features whose model column holds texts."""
    return [column for column in spec.feature_columns if isinstance(column, CategoryColumn)]


def column_types(spec: ModelSpec) -> dict[str, type]:
    """Says of each model column, in the order of the features, whether it is float32 or object."""
    return {
        name: object if isinstance(column, CategoryColumn) else np.float32
        for column in spec.feature_columns
        for name in model_columns(column)
    }


def model_frame(spec: ModelSpec, table: Table) -> pd.DataFrame:
    """Makes the model columns of the rows of `table`, whose columns are the features' values.

    Values are those of the processed table: numbers, booleans, labels, moments; None, NaN or NaT
    where missing. Every datetime of `spec` has an origin.
    """
    made = SideFrames([np.ones(len(table), dtype=np.bool_)])
    for column in spec.feature_columns:
        made.add(column, table[column.name])
    (frame,) = made.frames
    return frame


class SideFrames:
    """The model columns of the rows of each side, made of one column of the table at a time."""

    def __init__(self, sides: Sequence[NDArray[np.bool_]]) -> None:
        self._places = [np.flatnonzero(side) for side in sides]
        self._columns: list[dict[str, pd.Series]] = [{} for _ in sides]

    def add(self, column: AnyColumn, cells: pd.Series) -> None:
        """Adds the model columns of a feature."""
        for name, seen in _columns_of(column, cells).items():
            for columns, places in zip(self._columns, self._places, strict=True):
                columns[name] = seen.iloc[places].reset_index(drop=True)

    @property
    def frames(self) -> list[pd.DataFrame]:
        """The frames of what was added, by side."""
        return [
            pd.DataFrame(columns, index=pd.RangeIndex(len(places)), copy=False)
            for columns, places in zip(self._columns, self._places, strict=True)
        ]


def _columns_of(column: AnyColumn, cells: pd.Series) -> Mapping[str, pd.Series]:
    match column:
        case NumberColumn(offset=offset):
            numbers = cells.astype(np.float64) - offset if offset else cells
            return {column.name: numbers.astype(np.float32)}
        case BooleanColumn():
            return {column.name: cells.astype(object).astype(np.float64).astype(np.float32)}
        case CategoryColumn():
            texts = cells if isinstance(cells.dtype, pd.StringDtype) else cells.astype(object)
            return {column.name: texts.fillna(MISSING_CATEGORY).astype("str")}
        case _:
            return _parts(column, cells)


def _parts(column: DatetimeColumn, cells: pd.Series) -> Mapping[str, pd.Series]:
    assert column.origin is not None
    parts = datetime_parts(moments_of(cells), column.zone, column.origin)
    return {
        f"{column.name}.{part}": pd.Series(values, index=cells.index)
        for part, values in parts.items()
    }


def moments_of(cells: pd.Series) -> "np.ndarray[tuple[int], np.dtype[np.datetime64]]":
    """Returns moments [N] in microseconds, naive or in UTC; NaT where missing."""
    moments = pd.to_datetime(cells, utc=True).dt.tz_localize(None)
    return moments.to_numpy(dtype="datetime64[us]")


def request_frame(spec: ModelSpec, rows: Sequence[Mapping[str, FeatureValue]]) -> pd.DataFrame:
    """Makes the model columns of rows as requests hold them, a value or None for each feature."""
    table = {
        column.name: pd.Series([_typed(column, row[column.name]) for row in rows], dtype=object)
        for column in spec.feature_columns
    }
    return model_frame(spec, pd.DataFrame(table))


def _typed(column: AnyColumn, value: FeatureValue) -> object:
    if isinstance(column, DatetimeColumn) and isinstance(value, str):
        return datetime.fromisoformat(value)
    return value
