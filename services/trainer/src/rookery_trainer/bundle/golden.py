"""Golden predictions: a dozen rows whose answers a served model must still give."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rookery_core.contract import contract_of
from rookery_core.labels import Cut, predicted_classes
from rookery_core.manifest import MISSING_CATEGORY, FeatureValue, GoldenPrediction
from rookery_core.spec.columns import AnyColumn, CategoryColumn, NumberColumn
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.bundle.served import ServedModel
from rookery_trainer.bundle.synthetic_rows import CLASSES, MISSING, Inputs, synthetic_rows
from rookery_trainer.data.model_columns import request_frame
from rookery_trainer.data.rows import Rows


def golden_predictions(
    spec: ModelSpec, served: ServedModel, training: Rows, cut: Cut | None = None
) -> tuple[GoldenPrediction, ...]:
    """Distinct rows and the answers of `served`: the same rows for the same model and data.

    Under `spec: 2` they are synthetic, and `spec` is the learned one. Without it they are, for each
    class, its median and the training row that came closest to another class; the example of the
    contract, the median of all rows, the ends of all ranges; and where features are optional, the
    median of all rows without them.
    """
    example: Inputs = {feature.name: feature.example for feature in contract_of(spec).features}
    if spec.spec == 2:
        rows = [example, *synthetic_rows(spec, served, training)]
    else:
        rows = [
            example,
            *_borders_and_medians(spec, served, training),
            *(_end(spec, end) for end in (0, 1)),
            *_without_optional(spec, _median(spec, training.features)),
        ]
    distinct = [row for position, row in enumerate(rows) if row not in rows[:position]]
    told = served.answers(request_frame(spec, distinct))
    if spec.task == "regression":
        return tuple(
            GoldenPrediction(inputs=row, value=float(value))
            for row, value in zip(distinct, told, strict=True)
        )
    return tuple(
        GoldenPrediction(
            inputs=row, label=spec.classes[label], probabilities=tuple(float(p) for p in answer)
        )
        for row, label, answer in zip(distinct, predicted_classes(told, cut), told, strict=True)
    )


def _borders_and_medians(spec: ModelSpec, served: ServedModel, training: Rows) -> list[Inputs]:
    told = served.answers(training.features)
    top_two = np.sort(told, axis=1)[:, -2:]
    leads = top_two[:, 1] - top_two[:, 0]
    askable = _askable(spec, training.features)
    found = [_median(spec, training.features)]
    for label in range(min(len(spec.classes), CLASSES)):
        members = np.flatnonzero((training.labels == label) & askable)
        if len(members):
            closest = members[int(np.argmin(leads[members]))]
            found.append(_median(spec, training.features.iloc[members]))
            found.append(_row(spec, training.features.iloc[closest]))
    return found


def _askable(spec: ModelSpec, features: pd.DataFrame) -> NDArray[np.bool_]:
    """[N] whether a request may hold the row: only optional features are missing."""
    askable = np.ones(len(features), dtype=np.bool_)
    for column in spec.feature_columns:
        if not column.optional:
            cells = features[column.name]
            askable &= (cells.notna() & (cells != MISSING_CATEGORY)).to_numpy()
    return askable


def _median(spec: ModelSpec, features: pd.DataFrame) -> Inputs:
    """The median of each number and the commonest text of each category, where there is one."""
    inputs: Inputs = {}
    for column in spec.feature_columns:
        cells = features[column.name]
        if isinstance(column, CategoryColumn):
            present = cells[cells != MISSING_CATEGORY]
            inputs[column.name] = str(present.mode().iloc[0]) if len(present) else None
        else:
            inputs[column.name] = _number(np.float64(cells.median()))
    return inputs


def _row(spec: ModelSpec, cells: pd.Series) -> Inputs:
    return {
        column.name: _category(cells[column.name])
        if isinstance(column, CategoryColumn)
        else _number(cells[column.name])
        for column in spec.feature_columns
    }


def _end(spec: ModelSpec, end: int) -> Inputs:
    """The smallest (0) or largest (1) value of each number; the first or last value."""
    return {column.name: _ends(column)[end] for column in spec.feature_columns}


def _ends(column: AnyColumn) -> tuple[FeatureValue, FeatureValue]:
    if isinstance(column, CategoryColumn):
        return column.labels[0], column.labels[-1]
    # Without `spec: 2` there is no other kind, and every number has a range.
    assert isinstance(column, NumberColumn)
    assert column.range is not None
    return column.range


def _without_optional(spec: ModelSpec, median: Inputs) -> list[Inputs]:
    optional = [column.name for column in spec.feature_columns if column.optional]
    each: list[Inputs] = [{**median, name: None} for name in optional[:MISSING]]
    return [*each, {**median, **dict.fromkeys(optional)}]


def _category(text: object) -> str | None:
    return None if text == MISSING_CATEGORY else str(text)


def _number(value: np.floating) -> float | None:
    """The shortest decimal that is this number in single precision; None for NaN."""
    return None if np.isnan(value) else float(str(np.float32(value)))
