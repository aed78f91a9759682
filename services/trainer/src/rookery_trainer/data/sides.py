"""Divides the rows of a table into training rows and hold-out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rookery_core.database.rows_as_of import HELD
from rookery_core.database.tables import BATCH, IDENTITY, ROW_ID
from rookery_core.spec.columns import FALSE, TRUE, CategoryColumn
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.feature_checks import float32_findings
from rookery_trainer.data.holdout import held_out
from rookery_trainer.data.learned_spec import with_origins
from rookery_trainer.data.model_columns import SideFrames, model_frame, moments_of
from rookery_trainer.data.rows import Rows, row_keys
from rookery_trainer.data.table import SelectedRows, Table
from rookery_trainer.freed_memory import return_scattered_memory


@dataclass(frozen=True)
class DividedRows:
    """The rows of a table that are of use, on their sides."""

    training: Rows
    holdout: Rows
    dated_spec: ModelSpec
    """The spec, with an origin for each datetime."""
    left_out: Mapping[str, int]
    """How many rows are on neither side, by the reason."""
    held_values: pd.DataFrame
    """The features of the hold-out, as the table has them, in the order of `holdout`."""
    findings: list[str]
    """Numbers that differ in the table, and would not for a model."""


def divided(spec: ModelSpec, table: Table) -> DividedRows:
    """Divides the rows of `table`: as its column `HELD` says, or by the hash of a first version.

    A row is on neither side without a target or any feature, where its class is dropped, where its
    weight is 0, or where ingest gave it no side.
    """
    labels, values = _target(spec, table[spec.target])
    weights = _weights(spec, table)
    kept, left_out = _kept(spec, table, labels, weights)
    useful = SelectedRows(table, kept)
    if spec.spec == 1:
        dated, held = spec, held_out(model_frame(spec, useful), spec.holdout)
    else:
        held = useful[HELD].to_numpy(dtype=np.bool_)
        dated = with_origins(spec, SelectedRows(useful, ~held))
    values, weights = (None if each is None else each[kept] for each in (values, weights))
    of_all = _bare(spec, useful, labels[kept], values, weights)
    bare = [of_all.take(np.flatnonzero(side)) for side in (~held, held)]
    del labels, values, weights, of_all
    sides = SideFrames((~held, held))
    findings: list[str] = []
    held_values: dict[str, pd.Series] = {}
    for column in dated.feature_columns:
        cells = useful[column.name]  # each is read once, and gone before the next
        if isinstance(column, CategoryColumn):
            # Texts are read in pieces that are too small to be mapped.
            return_scattered_memory()
        sides.add(column, cells)
        held_values[column.name] = cells[held].reset_index(drop=True)
        findings += float32_findings(spec, column, cells)
    training, holdout = (
        replace(rows, features=frame) for rows, frame in zip(bare, sides.frames, strict=True)
    )
    held_frame = pd.DataFrame(held_values, copy=False)
    return DividedRows(training, holdout, dated, left_out, held_frame, findings)


def _bare(
    spec: ModelSpec,
    useful: SelectedRows,
    labels: NDArray[np.intp],
    values: NDArray[np.float64] | None,
    weights: NDArray[np.float64] | None,
) -> Rows:
    """Makes the rows of both sides without their features."""
    return Rows(
        features=pd.DataFrame(index=pd.RangeIndex(len(labels))),
        labels=labels,
        keys=row_keys(useful[ROW_ID]),
        groups=_groups(spec, useful),
        moments=_moments(spec, useful),
        batches=useful[BATCH].to_numpy(dtype=np.int64) if spec.spec == 2 else None,
        values=values,
        weights=weights,
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
    places, known = pd.factorize(cells)
    # The last is that of a missing one, whose place is -1.
    of_place = np.array([*(codes.get(label, -1) for label in known), -1], dtype=np.intp)
    return of_place[places]


def _kept(
    spec: ModelSpec,
    table: Table,
    labels: NDArray[np.intp],
    weights: NDArray[np.float64] | None,
) -> tuple[NDArray[np.bool_], dict[str, int]]:
    """Returns which rows [N] are of use, and how many are not, each counted once."""
    reasons = {
        "without_target": labels == -1,
        "of_dropped_classes": labels == -2,
        "without_any_feature": _without_any(spec, table),
    }
    if weights is not None:
        reasons["of_weight_zero"] = weights == 0
    if spec.spec == 2:
        reasons["on_no_side"] = table[HELD].isna().to_numpy()
    kept = np.ones(len(table), dtype=np.bool_)
    left_out: dict[str, int] = {}
    for reason, rows in reasons.items():
        left_out[reason] = int((kept & rows).sum())
        kept &= ~rows
    return kept, left_out


def _without_any(spec: ModelSpec, table: Table) -> NDArray[np.bool_]:
    """Tells of each row [N] whether all its features are missing; mostly one look shows none is."""
    missing = np.ones(len(table), dtype=np.bool_)
    for name in spec.features:
        if not missing.any():
            break
        missing &= table[name].isna().to_numpy()
    return missing


def _weights(spec: ModelSpec, table: Table) -> NDArray[np.float64] | None:
    if spec.weight is None:
        return None
    weights: NDArray[np.float64] = table[spec.weight].to_numpy(dtype=np.float64)
    return weights


def _groups(spec: ModelSpec, table: Table) -> NDArray[np.intp] | None:
    if spec.holdout.by != "group":
        return None
    groups: NDArray[np.intp] = pd.factorize(table[IDENTITY])[0].astype(np.intp)
    return groups


def _moments(spec: ModelSpec, table: Table) -> NDArray[np.int64] | None:
    if spec.holdout.by != "time" or spec.holdout.column is None:
        return None
    moments: NDArray[np.int64] = moments_of(table[spec.holdout.column]).astype(np.int64)
    return moments
