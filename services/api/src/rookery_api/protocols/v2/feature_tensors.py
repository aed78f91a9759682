"""The tensor of one feature, as the columns that the model takes of it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rookery_api.base.problems import malformed
from rookery_api.protocols.v2.tensors import number_column, text_column
from rookery_core.contract import (
    AnyFeature,
    BooleanFeature,
    CategoryFeature,
    DatetimeFeature,
    NumberFeature,
)
from rookery_core.model_columns import ModelValues, category_values, model_values
from rookery_core.spec.datetime_format import NotADatetime
from rookery_runtime.prediction.values import bounds, one_of

Tensor = Mapping[str, Any]


def feature_columns(
    feature: AnyFeature, tensor: Tensor | None, count: int
) -> dict[str, ModelValues]:
    """Answers the model's columns [count] of the feature, every value within the contract.

    Without a tensor the feature is missing in each row.

    Raises:
        Problem: 400 for a type, an amount of data or a value that does not fit.
    """
    if tensor is None:
        return model_values(feature, [None] * count)
    match feature:
        case NumberFeature():
            return {feature.name: _numbers(feature, tensor, count)}
        case BooleanFeature():
            return {feature.name: _booleans(feature, tensor, count)}
        case CategoryFeature():
            return {feature.name: _labels(feature, tensor, count)}
        case DatetimeFeature():
            return _moments(feature, tensor, count)


def _numbers(feature: NumberFeature, tensor: Tensor, count: int) -> NDArray[np.float32]:
    values = _sent(feature, tensor, count)
    # Compared as what was sent: a bound that float32 cannot hold is still within its own range.
    with np.errstate(over="ignore"):  # beyond FP16 and FP32 there is infinity
        low, high = np.array(bounds(feature)).astype(values.dtype)
        numbers = (values.astype(np.float64) - feature.offset).astype(np.float32)
    accepted = (values >= low) & (values <= high) & ~np.isinf(numbers)
    if feature.optional:
        accepted |= np.isnan(values)
    if not accepted.all():
        limits = " to ".join(f"{bound:g}" for bound in bounds(feature))
        raise malformed(f"Input {feature.name} must be from {limits}.")
    if feature.integer and not (np.isnan(values) | (values == np.floor(values))).all():
        raise malformed(f"Input {feature.name} must be a whole number.")
    return numbers


def _booleans(feature: BooleanFeature, tensor: Tensor, count: int) -> NDArray[np.float32]:
    """Reads BOOL, or 0 and 1 of another type of numbers; NaN where missing."""
    values = _sent(feature, tensor, count)
    accepted = (values == 0) | (values == 1)
    if feature.optional:
        accepted |= np.isnan(values)
    if not accepted.all():
        raise malformed(f"Input {feature.name} must be true or false: BOOL, or 0 or 1.")
    return values.astype(np.float32)


def _labels(feature: CategoryFeature, tensor: Tensor, count: int) -> NDArray[np.object_]:
    texts = _texts(feature, tensor, count)
    if feature.unknown == "refuse" and not set(texts) <= set(feature.values):
        raise malformed(f"Input {feature.name} must be {one_of(feature.values)}.")
    return category_values(feature, texts)


def _moments(feature: DatetimeFeature, tensor: Tensor, count: int) -> dict[str, ModelValues]:
    """Reads texts of ISO 8601; an empty one is a missing moment."""
    texts = [text or None for text in _texts(feature, tensor, count)]
    if None in texts and not feature.optional:
        raise malformed(f"Input {feature.name} must hold a moment in each row.")
    try:
        return model_values(feature, texts)
    except NotADatetime as error:
        raise malformed(f"A value of input {feature.name} {error}.") from None


def _sent(feature: AnyFeature, tensor: Tensor, count: int) -> NDArray[np.floating]:
    return number_column(feature.name, tensor.get("datatype"), tensor["data"], count)


def _texts(feature: AnyFeature, tensor: Tensor, count: int) -> Sequence[str]:
    return text_column(feature.name, tensor.get("datatype"), tensor["data"], count)
