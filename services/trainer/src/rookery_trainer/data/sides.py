"""Divides the rows of a table into training rows and hold-out."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rookery_core.database.rows_as_of import HELD
from rookery_core.database.tables import BATCH, IDENTITY, ROW_ID
from rookery_core.spec.columns import FALSE, TRUE
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.holdout import held_out
from rookery_trainer.data.learned_spec import with_origins
from rookery_trainer.data.model_columns import model_frame, moments_of
from rookery_trainer.data.rows import Rows


@dataclass(frozen=True)
class DividedRows:
    """The rows of a table that are of use, on their sides."""

    table: pd.DataFrame
    """The rows of both sides, as the table has them."""
    training: Rows
    holdout: Rows
    dated_spec: ModelSpec
    """The spec, with an origin for each datetime."""
    left_out: Mapping[str, int]
    """How many rows are on neither side, by the reason."""
    held_values: pd.DataFrame
    """The rows of the hold-out, as the table has them, in the order of `holdout`."""


def divided(spec: ModelSpec, table: pd.DataFrame) -> DividedRows:
    """Divides the rows of `table`: as its column `HELD` says, or by the hash of a first version.

    A row is on neither side without a target or any feature, where its class is dropped, or where
    ingest gave it no side.
    """
    labels, values = _target(spec, table[spec.target])
    kept, left_out = _kept(spec, table, labels)
    table, labels = table[kept].reset_index(drop=True), labels[kept]
    if spec.spec == 1:
        dated, features = spec, model_frame(spec, table)
        held = held_out(features, spec.holdout)
    else:
        held = table[HELD].to_numpy(dtype=np.bool_)
        dated = with_origins(spec, table[~held])
        features = model_frame(dated, table)
    rows = Rows(
        features=features,
        labels=labels,
        keys=tuple(bytes(key) for key in table[ROW_ID]),
        groups=_groups(spec, table),
        moments=_moments(spec, table),
        batches=table[BATCH].to_numpy(dtype=np.int64) if spec.spec == 2 else None,
        values=None if values is None else values[kept],
    )
    training, holdout = (rows.take(np.flatnonzero(side)) for side in (~held, held))
    return DividedRows(
        table, training, holdout, dated, left_out, table[held].reset_index(drop=True)
    )


def _target(
    spec: ModelSpec, cells: pd.Series
) -> tuple[NDArray[np.intp], NDArray[np.float64] | None]:
    """Returns the class [N] of each row, and its value where the target is a number.

    The class is -1 without a target, and -2 where rows of it are left out; 0 for every number.
    """
    if spec.task == "classification":
        return _labels(spec, cells), None
    values = cells.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isnan(values), -1, 0).astype(np.intp), values


def _labels(spec: ModelSpec, cells: pd.Series) -> NDArray[np.intp]:
    """Returns the class [N] of each row; -1 without a target, -2 where its class is dropped."""
    place = {label: position for position, label in enumerate(spec.classes)}
    codes = {
        label: -2 if (of := spec.class_of(label)) is None else place[of]
        for label in spec.target_labels
    }
    # A boolean target; no label is a boolean.
    codes |= {True: codes.get(TRUE, -1), False: codes.get(FALSE, -1)}  # type: ignore[dict-item]
    found = cells.astype(object).map(codes).fillna(-1)
    return np.asarray(found, dtype=np.intp)


def _kept(
    spec: ModelSpec, table: pd.DataFrame, labels: NDArray[np.intp]
) -> tuple[NDArray[np.bool_], dict[str, int]]:
    """Returns which rows [N] are of use, and how many are not, each counted once."""
    reasons = {
        "without_target": labels == -1,
        "of_dropped_classes": labels == -2,
        "without_any_feature": table[list(spec.features)].isna().all(axis=1).to_numpy(),
    }
    if spec.spec == 2:
        reasons["on_no_side"] = table[HELD].isna().to_numpy()
    kept = np.ones(len(table), dtype=np.bool_)
    left_out: dict[str, int] = {}
    for reason, rows in reasons.items():
        left_out[reason] = int((kept & rows).sum())
        kept &= ~rows
    return kept, left_out


def _groups(spec: ModelSpec, table: pd.DataFrame) -> NDArray[np.intp] | None:
    if spec.holdout.by != "group":
        return None
    numbers, _ = pd.factorize(table[IDENTITY].map(bytes))
    return numbers.astype(np.intp)


def _moments(spec: ModelSpec, table: pd.DataFrame) -> NDArray[np.int64] | None:
    if spec.holdout.by != "time" or spec.holdout.column is None:
        return None
    moments: NDArray[np.int64] = moments_of(table[spec.holdout.column]).astype(np.int64)
    return moments
