"""Verification rows: the rows on which an exported model must agree with its original."""

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from rookery_core.manifest import MISSING_CATEGORY
from rookery_core.spec.columns import CategoryColumn, NumberColumn
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.boosting.trees import boosted_trees
from rookery_trainer.data.model_columns import (
    category_columns,
    column_types,
    model_columns,
    number_columns,
)
from rookery_trainer.model.pipeline import ESTIMATOR

JITTERED_ROWS = 5_000
THRESHOLDS = 10_000
"""The most split thresholds that are tried, with three rows each; of more, a sample is tried."""
UNKNOWN_CATEGORY = "__unknown__"
MISSING_SHARE = 0.1
UNKNOWN_SHARE = 0.05
JITTER = 0.2
"""In standard deviations of the column."""
BEYOND = 2.0


def verification_rows(
    spec: ModelSpec, pipeline: Pipeline, known: pd.DataFrame, seed: int
) -> pd.DataFrame:
    """Makes the rows: those of `known`, jittered ones, extreme ones, and ones at tree thresholds.

    Jittered rows stay within the spec's ranges; some of their numbers and categories are missing,
    some of their categories unknown. No category of `spec` is open.

    Args:
        known: rows of the model's columns.
    """
    generator = np.random.default_rng(seed)
    parts = [
        known,
        _jittered(spec, known, generator),
        _extreme(spec, known),
        _at_thresholds(spec, pipeline, known, generator),
    ]
    return pd.concat([part.astype(column_types(spec)) for part in parts], ignore_index=True)


def _drawn(known: pd.DataFrame, rows: int, generator: np.random.Generator) -> pd.DataFrame:
    return known.iloc[generator.integers(0, len(known), rows)].reset_index(drop=True)


def _jittered(spec: ModelSpec, known: pd.DataFrame, generator: np.random.Generator) -> pd.DataFrame:
    drawn = _drawn(known, JITTERED_ROWS, generator)
    bounds = _bounds(spec, known)
    columns: dict[str, object] = {}
    for name, kind in column_types(spec).items():
        missing = generator.random(JITTERED_ROWS) < MISSING_SHARE
        if kind is not object:
            numbers = drawn[name].to_numpy(dtype=np.float64)
            spread = JITTER * float(np.nanstd(numbers))
            moved = numbers + generator.normal(0.0, 1.0, JITTERED_ROWS) * spread
            columns[name] = np.where(missing, np.nan, np.clip(moved, *bounds[name]))
        else:
            labels = drawn[name].to_numpy(dtype=object)
            unknown = generator.random(JITTERED_ROWS) < UNKNOWN_SHARE
            labels = np.where(unknown, UNKNOWN_CATEGORY, labels)
            columns[name] = np.where(missing, MISSING_CATEGORY, labels)
    return pd.DataFrame(columns)


def _bounds(spec: ModelSpec, known: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Returns the smallest and largest number of each model column that holds numbers.

    Where a request may hold any number, they lie beyond those of `known`, `BEYOND` times as far
    apart.
    """
    bounds = {}
    for column in spec.feature_columns:
        if isinstance(column, NumberColumn) and column.bounds == column.range:
            low, high = column.range
            bounds[column.name] = (low - column.offset, high - column.offset)
        elif not isinstance(column, CategoryColumn):
            bounds |= {name: _beyond(known[name]) for name in model_columns(column)}
    return bounds


def _beyond(cells: pd.Series) -> tuple[float, float]:
    numbers = cells.to_numpy(dtype=np.float64)
    low, high = float(np.nanmin(numbers)), float(np.nanmax(numbers))
    beyond = BEYOND * (high - low)
    return low - beyond, high + beyond


def _extreme(spec: ModelSpec, known: pd.DataFrame) -> pd.DataFrame:
    """Makes three rows: all smallest or first, all largest or last, all missing."""
    columns: dict[str, list[object]] = {
        name: [*bounds, np.nan] for name, bounds in _bounds(spec, known).items()
    }
    for column in category_columns(spec):
        columns[column.name] = [column.labels[0], column.labels[-1], MISSING_CATEGORY]
    return pd.DataFrame(columns)[list(column_types(spec))]


def _at_thresholds(
    spec: ModelSpec, pipeline: Pipeline, known: pd.DataFrame, generator: np.random.Generator
) -> pd.DataFrame:
    """Makes rows with a number on a split threshold of a tree, and just beside it on each side."""
    numbers = number_columns(spec)
    splits = _splits(pipeline)
    # The numbers are the first columns that a tree sees, in the spec's order.
    splits = splits[(splits["feature"] < len(numbers)) & np.isfinite(splits["threshold"])]
    if len(splits) > THRESHOLDS:
        splits = splits.iloc[generator.choice(len(splits), THRESHOLDS, replace=False)]
    on = splits["threshold"].to_numpy(dtype=np.float32)
    values = np.concatenate(
        [np.nextafter(on, np.float32(-np.inf)), on, np.nextafter(on, np.float32(np.inf))]
    )
    features = np.tile(splits["feature"].to_numpy(dtype=np.intp), 3)
    rows = _drawn(known, len(values), generator)
    for position, name in enumerate(numbers):
        column = rows[name].to_numpy(dtype=np.float32, copy=True)
        column[features == position] = values[features == position]
        rows[name] = column
    return rows


def _splits(pipeline: Pipeline) -> pd.DataFrame:
    """Lists the distinct splits (feature, threshold) of a tree ensemble; none for others."""
    boosted = boosted_trees(pipeline.named_steps[ESTIMATOR])
    if boosted is not None:
        return pd.concat(
            [
                pd.DataFrame({"feature": tree.feature, "threshold": tree.threshold})[~tree.is_leaf]
                for tree in boosted.trees
            ],
            ignore_index=True,
        ).drop_duplicates()
    trees = np.asarray(getattr(pipeline.named_steps[ESTIMATOR], "estimators_", []), dtype=object)
    found = [
        pd.DataFrame(
            {
                "feature": tree.tree_.feature[tree.tree_.feature >= 0],
                "threshold": tree.tree_.threshold[tree.tree_.feature >= 0],
            }
        )
        for tree in trees.ravel()
    ]
    empty = pd.DataFrame({"feature": np.empty(0, np.intp), "threshold": np.empty(0, np.float64)})
    return pd.concat(found, ignore_index=True).drop_duplicates() if found else empty
