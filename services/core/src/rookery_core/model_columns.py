"""The columns that a model takes: which each feature of a contract becomes, and their values.

A number, a boolean and a category are one column, named as the feature; a moment is one for each of
its parts, named `FEATURE.PART`. Training, serving and scoring all take them from here.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rookery_core.contract import (
    AnyFeature,
    BooleanFeature,
    CategoryFeature,
    Contract,
    DatetimeFeature,
    NumberFeature,
)
from rookery_core.datetime_parts import PARTS, Moments, datetime_parts, read_moments
from rookery_core.spec.columns import MISSING

UNKNOWN = ""
"""Stands for a label that the model does not know; no label may be empty."""
RequestValue = float | bool | str | datetime | None
"""A value of a request: a moment as text of ISO 8601, or as `datetime` (naive, or aware)."""
ModelValues = NDArray[np.float32] | NDArray[np.object_]


class ModelColumn(NamedTuple):
    """One column that a model takes."""

    name: str
    is_text: bool
    """Whether it holds text, with `MISSING` where missing; else float32, with NaN."""


def model_columns(contract: Contract) -> tuple[ModelColumn, ...]:
    """Returns the columns that a model of the contract takes, in their order."""
    return tuple(column for feature in contract.features for column in _columns(feature))


def _columns(feature: AnyFeature) -> Iterator[ModelColumn]:
    if isinstance(feature, DatetimeFeature):
        yield from (ModelColumn(f"{feature.name}.{part}", is_text=False) for part in PARTS)
    else:
        yield ModelColumn(feature.name, isinstance(feature, CategoryFeature))


def model_values(feature: AnyFeature, values: Sequence[RequestValue]) -> dict[str, ModelValues]:
    """Returns the feature's columns [N] for values [N] that keep to the contract, None if missing.

    Raises:
        NotADatetime: a text is no moment.
    """
    match feature:
        case NumberFeature():
            return {feature.name: number_values(feature, values)}
        case BooleanFeature():
            return {feature.name: np.array(values, dtype=np.float32)}
        case CategoryFeature():
            return {feature.name: category_values(feature, values)}
        case DatetimeFeature():
            return moment_values(feature, _moments(feature, values))


def number_values(
    feature: NumberFeature, values: Sequence[RequestValue] | NDArray[np.float64]
) -> NDArray[np.float32]:
    """Returns numbers as the model reads them: less the offset, in float32."""
    # NumPy makes None NaN.
    if not feature.offset:
        return np.array(values, dtype=np.float32)
    return (np.array(values, dtype=np.float64) - feature.offset).astype(np.float32)


def category_values(
    feature: CategoryFeature, values: Sequence[RequestValue]
) -> NDArray[np.object_]:
    """Returns labels as the model reads them: `UNKNOWN` for those that it does not know."""
    if feature.unknown == "refuse":
        return np.array([MISSING if value is None else value for value in values], dtype=object)
    known: dict[RequestValue, str] = {value: value for value in feature.values}
    known[None] = MISSING
    return np.array([known.get(value, UNKNOWN) for value in values], dtype=object)


def moment_values(feature: DatetimeFeature, moments: Moments) -> dict[str, ModelValues]:
    """Returns the parts of moments [N], each as the column of its name."""
    parts = datetime_parts(moments, feature.zone, feature.origin)
    return {f"{feature.name}.{part}": values for part, values in parts.items()}


def _moments(feature: DatetimeFeature, values: Sequence[RequestValue]) -> Moments:
    texts = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return read_moments(texts, feature.zone)  # type: ignore[arg-type]
