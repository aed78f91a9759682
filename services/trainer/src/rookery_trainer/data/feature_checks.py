"""What has to be true of features for anything to be learned from them.

Each function returns what is wrong, a sentence for each kind of fault; a list without any is well.
"""

import numpy as np
import structlog
from pandas import DataFrame, Series, concat

from rookery_core.manifest import MISSING_CATEGORY
from rookery_core.spec.columns import AnyColumn, NumberColumn
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.model_columns import model_columns

_log = structlog.get_logger()

LOST = 0.01
"""The share of a feature's different values that may become one with another in float32."""
_NAMED = 20


def float32_findings(spec: ModelSpec, column: AnyColumn, cells: Series) -> list[str]:
    """Finds whether numbers of a feature differ in the table, and would not for a model.

    Under `spec: 2` where more than `LOST` do, without it where they are all one number.
    """
    if not isinstance(column, NumberColumn):
        return []
    finding = _lost(spec, column, cells)
    return [] if finding is None else [finding]


def feature_findings(spec: ModelSpec, training: DataFrame, holdout: DataFrame) -> list[str]:
    """Finds features without two different values among the training rows, or that there are none.

    Under `spec: 2` a feature may be the same in all training rows where it differs in the hold-out:
    that is chance, and does no harm.
    """
    held = len(holdout)
    if training.empty and held and spec.spec == 1:
        return [
            f"{spec.name!r} has no training row: all {held} rows with a known {spec.target!r} are "
            "held out, for rows that are alike are on one side; add a feature that tells rows "
            "apart, or choose another holdout.salt"
        ]
    if training.empty:
        return [f"{spec.name!r} has no training row with a known {spec.target!r}; ingest rows"]
    missing, constant = _telling_nothing(spec, training)
    if spec.spec == 2:
        constant = _constant_in_both(spec, constant, training, holdout)
    return [
        _finding(spec, names, what, len(training))
        for names, what in ((missing, "missing"), (constant, "the same"))
        if names
    ]


def _constant_in_both(
    spec: ModelSpec, constant: list[str], training: DataFrame, holdout: DataFrame
) -> list[str]:
    chosen = [column for column in spec.feature_columns if column.name in constant]
    found = [
        column.name
        for column in chosen
        if all(_is_one(concat([training[name], holdout[name]])) for name in model_columns(column))
    ]
    if rest := [name for name in constant if name not in found]:
        _log.warning("features are the same in all training rows", features=rest)
    return found


def _finding(spec: ModelSpec, names: list[str], what: str, rows: int) -> str:
    one = len(names) == 1
    each = "it" if one else "them"
    return (
        f"the feature{'' if one else 's'} {_listed(names)} of {spec.name!r} "
        f"{'is' if one else 'are'} {what} in all {rows} training rows, so nothing can be learned "
        f"from {each}; drop {each} from features or ingest more rows"
    )


def _telling_nothing(spec: ModelSpec, training: DataFrame) -> tuple[list[str], list[str]]:
    """Names the features that are missing in all rows, and those that are the same in all."""
    missing: list[str] = []
    constant: list[str] = []
    for column in spec.feature_columns:
        parts = [training[name] for name in model_columns(column)]
        if all(_is_missing(part).all() for part in parts):
            missing.append(column.name)
        # Missing is a value of a category, which has a place for it.
        elif all(_is_one(part) for part in parts):
            constant.append(column.name)
    return missing, constant


def _is_one(cells: Series) -> bool:
    """Tells whether the known cells are all equal."""
    known = cells.dropna()
    return known.empty or bool((known == known.iloc[0]).all())


def _is_missing(cells: Series) -> Series:
    return cells.isna() | (cells == MISSING_CATEGORY)


def _lost(spec: ModelSpec, column: NumberColumn, cells: Series) -> str | None:
    known = np.unique(cells.dropna().to_numpy(dtype=np.float64))
    different = len(known)
    seen = len(np.unique((known - column.offset).astype(np.float32)))
    if spec.spec == 1 and not (different > 1 and seen == 1):
        return None
    if spec.spec == 2 and different - seen <= LOST * different:
        return None
    low, high = float(known.min()), float(known.max())
    one = "are one number" if seen == 1 else f"are only {seen} numbers"
    remedy = "subtract what they share, or give the column in another unit"
    if spec.spec == 2:
        remedy = (
            f"set offset: {_round(low)!r}, which is subtracted from each before, make it a "
            "datetime or a category, or take it out of features"
        )
    return (
        f"the {different} different values of {column.name!r} of {spec.name!r}, from {low!r} to "
        f"{high!r}, {one} in float32, which a model reads (7 digits); {remedy}"
    )


def _round(number: float) -> float:
    """Returns a number near to it that is easy to read, and exact in float64."""
    return float(np.floor(number)) if abs(number) >= 1 else number


def _listed(names: list[str]) -> str:
    shown = ", ".join(map(repr, names[:_NAMED]))
    return shown + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
