"""The learned spec: a spec with what its training rows decide written into it.

That is the labels of an open category, the origin of a datetime, and whether a feature is optional.
A first-version spec says all of that itself. The learned spec is what a contract is made of; its
digest is nobody's.
"""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd

from rookery_core.contract import Contract, DatetimeFeature, NumberFeature
from rookery_core.datetime_parts import first_day
from rookery_core.manifest import MISSING_CATEGORY
from rookery_core.spec.columns import (
    AnyColumn,
    CategoryColumn,
    DatetimeColumn,
    NumberColumn,
)
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.model_columns import model_columns, moments_of
from rookery_trainer.data.table import Table


def with_origins(spec: ModelSpec, training: Table) -> ModelSpec:
    """Gives each datetime among the features an origin: its first day in the table `training`.

    The day is the one in the column's zone. A column without any moment gets 1970-01-01.
    """

    def dated(column: AnyColumn) -> AnyColumn:
        if not isinstance(column, DatetimeColumn) or column.origin is not None:
            return column
        moments = moments_of(training[column.name])
        day = "1970-01-01" if np.isnat(moments).all() else first_day(moments, column.zone)
        return column.model_copy(update={"origin": day})

    return _changed(spec, dated)


def with_labels(spec: ModelSpec, features: pd.DataFrame) -> ModelSpec:
    """Closes each open category among the features over the commonest labels of `features`.

    They are at most `max_values`, the most frequent first, ties in the order of their texts. A text
    that is none of them is unknown to the model.
    """

    def closed(column: AnyColumn) -> AnyColumn:
        if not isinstance(column, CategoryColumn) or not column.is_open:
            return column
        cells = features[column.name]
        counts = cells[cells != MISSING_CATEGORY].value_counts()
        ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
        labels = tuple(str(label) for label, _ in ranked[: column.most_values])
        unknown = "accept" if column.accepts_unknown else "refuse"
        return column.model_copy(update={"values": labels, "max_values": None, "unknown": unknown})

    return _changed(spec, closed)


def with_optional(spec: ModelSpec, features: pd.DataFrame) -> ModelSpec:
    """Says of each feature of which the spec does not, whether it is missing in any of the rows."""

    def decided(column: AnyColumn) -> AnyColumn:
        if column.optional is not None:
            return column
        # All parts of a datetime are missing at once.
        cells = features[model_columns(column)[0]]
        missing = bool((cells.isna() | (cells == MISSING_CATEGORY)).any())
        return column.model_copy(update={"optional": missing})

    return _changed(spec, decided)


def with_examples(spec: ModelSpec, features: pd.DataFrame) -> ModelSpec:
    """Gives each number without an example the mean of the rows, in few digits.

    One whose mean lies outside its range keeps the middle of the range.
    """

    def shown(column: AnyColumn) -> AnyColumn:
        if not isinstance(column, NumberColumn) or column.example is not None:
            return column
        # In float64: a sum of large numbers is infinite in float32.
        mean = float(features[column.name].astype(np.float64).mean()) + column.offset
        if math.isnan(mean):
            return column
        example = float(f"{mean:.0f}" if column.integer else f"{mean:.4g}")
        if column.range and not column.range[0] <= example <= column.range[1]:
            return column
        return column.model_copy(update={"example": example})

    return _changed(spec, shown)


def as_in_contract(spec: ModelSpec, contract: Contract) -> ModelSpec:
    """Gives the features of a learned spec the origins and offsets of an earlier contract."""
    known = {feature.name: feature for feature in contract.features}

    def earlier(column: AnyColumn) -> AnyColumn:
        feature = known[column.name]
        if isinstance(column, DatetimeColumn) and isinstance(feature, DatetimeFeature):
            return column.model_copy(update={"origin": feature.origin, "zone": feature.zone})
        if isinstance(column, NumberColumn) and isinstance(feature, NumberFeature):
            return column.model_copy(update={"offset": feature.offset})
        return column

    return _changed(spec, earlier)


def _changed(spec: ModelSpec, change: Callable[[AnyColumn], AnyColumn]) -> ModelSpec:
    """Applies `change` to the features' columns; returns `spec` itself where it changes none."""
    features = set(spec.features)
    columns = tuple(
        change(column) if column.name in features else column for column in spec.columns
    )
    same = all(one is other for one, other in zip(columns, spec.columns, strict=True))
    return spec if same else spec.model_copy(update={"columns": columns})
