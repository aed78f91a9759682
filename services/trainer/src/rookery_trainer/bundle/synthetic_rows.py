"""Synthetic rows: what a bundle of the second version holds in place of rows of the table.

Each is a mean, a commonest label or an end of a range, and so stands for five rows at least; none
is a person's row.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rookery_core.manifest import FeatureValue
from rookery_core.spec.columns import (
    AnyColumn,
    BooleanColumn,
    CategoryColumn,
    DatetimeColumn,
    NumberColumn,
)
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.bundle.served import ServedModel
from rookery_trainer.bundle.verification_rows import UNKNOWN_CATEGORY
from rookery_trainer.data.model_columns import request_frame
from rookery_trainer.data.rows import Rows

STANDS_FOR = 5
"""Rows for which a value stands at least."""
QUANTILES = 4
"""Quantiles of a target that is a number, which get a row each."""
CLASSES = 8
"""Classes that get rows of their own, of a target with more."""
MISSING = 4
"""Optional features that get a row of their own in which they are missing."""
STEPS = 33
"""Rows that are tried between two classes, to find one near the border."""
DEVIATIONS = 3.0
"""How far the ends of a number without a range lie from its mean, in standard deviations."""

Inputs = dict[str, FeatureValue]


def synthetic_rows(spec: ModelSpec, served: ServedModel, training: Rows) -> list[Inputs]:
    """Makes the rows, as requests hold them; the same for the same model and data.

    The mean of all rows and of each class, or of each quarter of a target that is a number; a row
    near the border between each class and the next, the ends of all features, and the mean without
    each of the optional features and without all of them; with an unknown label where a category
    accepts one. `spec` is the learned one.
    """
    whole = _mean(spec, training.features)
    classes = [
        _mean(spec, training.features.iloc[members])
        for members in _parts(spec, training)
        if len(members) >= STANDS_FOR
    ]
    optional = [column.name for column in spec.feature_columns if column.optional]
    accepting = [
        column.name
        for column in spec.feature_columns
        if isinstance(column, CategoryColumn) and column.accepts_unknown
    ]
    return [
        whole,
        *classes,
        *(_borders(spec, served, classes) if spec.task == "classification" else ()),
        *(_end(spec, training.features, end) for end in (0, 1)),
        *({**whole, name: None} for name in optional[:MISSING]),
        {**whole, **dict.fromkeys(optional)},
        {**whole, **dict.fromkeys(accepting, UNKNOWN_CATEGORY)},
    ]


def _parts(spec: ModelSpec, training: Rows) -> list[NDArray[np.intp]]:
    """Returns the positions of the rows of each class, or of each quarter of the values."""
    if training.values is not None:
        return np.array_split(np.argsort(training.values, kind="stable"), QUANTILES)
    return [
        np.flatnonzero(training.labels == label) for label in range(min(len(spec.classes), CLASSES))
    ]


def _mean(spec: ModelSpec, features: pd.DataFrame) -> Inputs:
    return {column.name: _typical(column, features) for column in spec.feature_columns}


def _typical(column: AnyColumn, features: pd.DataFrame) -> FeatureValue:
    """Returns the mean or the commonest value; where too few are known, the contract's example."""
    match column:
        case NumberColumn():
            mean = _mean_of(features[column.name])
            return column.typical if mean is None else _number(column, mean)
        case BooleanColumn():
            return (_mean_of(features[column.name]) or 0.0) >= 0.5
        case CategoryColumn():
            return _commonest(column, features[column.name])
        case _:
            days = _mean_of(features[f"{column.name}.days"]) or 0.0
            hours = _mean_of(features[f"{column.name}.hour"]) or 0.0
            return _moment(column, days, hours)


def _mean_of(cells: pd.Series) -> float | None:
    """Returns the mean of the known ones; None where they are fewer than `STANDS_FOR`."""
    known = cells.dropna()
    return None if len(known) < STANDS_FOR else float(known.astype(np.float64).mean())


def _commonest(column: CategoryColumn, cells: pd.Series) -> str:
    counts = cells[cells.isin(column.labels)].value_counts()
    common = counts[counts >= STANDS_FOR]
    return column.labels[0] if common.empty else str(min(common.index[common == common.max()]))


def _borders(spec: ModelSpec, served: ServedModel, classes: Sequence[Inputs]) -> list[Inputs]:
    """Makes a row near the border between each class and the next; none with one class."""
    found = []
    for one, other in zip(classes, [*classes[1:], *classes[:1]], strict=True):
        between = [_mixed(spec, one, other, share) for share in np.linspace(0, 1, STEPS)]
        told = np.sort(served.answers(request_frame(spec, between)), axis=1)
        found.append(between[int(np.argmin(told[:, -1] - told[:, -2]))])
    return found


def _mixed(spec: ModelSpec, one: Inputs, other: Inputs, share: float) -> Inputs:
    mixed: Inputs = {}
    for column in spec.feature_columns:
        low, high = one[column.name], other[column.name]
        if isinstance(column, NumberColumn) and low is not None and high is not None:
            middle = float(low) + share * (float(high) - float(low)) - column.offset
            mixed[column.name] = _number(column, middle)
        else:
            mixed[column.name] = high if share >= 0.5 else low
    return mixed


def _end(spec: ModelSpec, features: pd.DataFrame, end: int) -> Inputs:
    """Makes the row of all smallest (0) or largest (1) values, or first or last labels."""
    return {column.name: _ends(column, features)[end] for column in spec.feature_columns}


def _ends(column: AnyColumn, features: pd.DataFrame) -> tuple[FeatureValue, FeatureValue]:
    match column:
        case NumberColumn():
            if column.range is not None and column.bounds == column.range:
                return column.range
            mean, apart = _spread(features[column.name])
            return _number(column, mean - apart), _number(column, mean + apart)
        case BooleanColumn():
            return False, True
        case CategoryColumn():
            return column.labels[0], column.labels[-1]
        case _:
            mean, apart = _spread(features[f"{column.name}.days"])
            return _moment(column, mean - apart, 0.0), _moment(column, mean + apart, 23.0)


def _spread(cells: pd.Series) -> tuple[float, float]:
    known: NDArray[np.float64] = cells.dropna().to_numpy(dtype=np.float64)
    return float(known.mean()), DEVIATIONS * float(known.std())


def _number(column: NumberColumn, seen: float) -> float:
    """Returns the number of a request that the model sees as `seen`, with few digits."""
    number = float(str(np.float32(seen))) + column.offset
    number = float(round(number)) if column.integer else number
    low, high = column.bounds
    return min(max(number, low), high)


def _moment(column: DatetimeColumn, days: float, hours: float) -> str:
    """Returns the moment, in full hours, that many days after the column's origin."""
    assert column.origin is not None
    origin = datetime.fromisoformat(column.origin)
    moment = origin + timedelta(days=int(days), hours=int(hours))
    zoned = moment.replace(tzinfo=UTC) if column.zone else moment
    return zoned.isoformat()
