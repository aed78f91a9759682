"""The hold-out: which rows no trial ever sees."""

import hashlib
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame

from rookery_core.spec.holdout import Holdout
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.folds import least_class_rows
from rookery_trainer.data.rows import Rows

LEAST_HELD_OUT = 5
"""Rows of each class the hold-out must have."""
LEAST_VALUES_A_FOLD = 2
"""Training rows that each fold of every use must hold where the target is a number."""
LEAST_VALUES_HELD_OUT = 5
"""Rows that the hold-out must have then."""
NAMED = 20
"""Classes that a sentence names."""
FEW_COMBINATIONS = 50
"""With fewer distinct rows of features, a side may lack a class however many rows there are."""


def held_out(features: DataFrame, holdout: Holdout) -> NDArray[np.bool_]:
    """Decides for each row [N] whether it is held out, by a salted hash of its features alone.

    Rows with equal features are on the same side, now and in every later sweep.
    """
    threshold = int(holdout.fraction * 2**64)
    salt = hashlib.sha256(holdout.salt.encode())
    columns = [_canonical(features, name) for name in features.columns]
    held = np.empty(len(features), dtype=np.bool_)
    for position, cells in enumerate(zip(*columns, strict=True)):
        digest = salt.copy()
        for cell in cells:
            digest.update(len(cell).to_bytes(4, "big") + cell)
        held[position] = int.from_bytes(digest.digest()[:8], "big") < threshold
    return held


def holdout_findings(spec: ModelSpec, training: Rows, holdout: Rows) -> list[str]:
    """Finds the classes that have too few rows on one side, a sentence for each side.

    Where the target is a number, finds sides with too few rows, or without two different values.
    """
    if training.values is not None and holdout.values is not None:
        sides = {"hold-out": holdout.values, "training": training.values}
        return [said for side, values in sides.items() for said in _of_values(spec, side, values)]
    findings = []
    for side, rows, least in (
        ("hold-out", holdout, LEAST_HELD_OUT),
        ("training", training, least_class_rows(spec)),
    ):
        counts = np.bincount(rows.labels, minlength=len(spec.classes))
        short = {c: n for c, n in zip(spec.classes, counts, strict=True) if n < least}
        if short:
            few = ", ".join(f"{n} of {c!r}" for c, n in list(short.items())[:NAMED])
            more = f" and {len(short) - NAMED} classes more" if len(short) > NAMED else ""
            remedy = (
                _first_version_remedy(training, holdout, side)
                if spec.spec == 1
                else _remedy(spec, list(short), side)
            )
            findings.append(
                f"the {side} rows of {spec.name!r} are too few: {few}{more}, at least {least} of "
                f"each class are needed; {remedy}"
            )
    return findings


def _of_values(spec: ModelSpec, side: str, values: NDArray[np.float64]) -> list[str]:
    needed = LEAST_VALUES_A_FOLD * least_class_rows(spec)
    least = LEAST_VALUES_HELD_OUT if side == "hold-out" else needed
    if len(values) < least:
        return [
            f"the {side} rows of {spec.name!r} with a known {spec.target!r} are too few: "
            f"{len(values)}, at least {least} are needed; {_more_rows(spec, side)}"
        ]
    if len(np.unique(values)) < 2:
        return [
            f"{spec.target!r} is {values[0]:g} in all {len(values)} {side} rows of {spec.name!r}, "
            f"so there is nothing to predict; {_more_rows(spec, side)}"
        ]
    return []


def _more_rows(spec: ModelSpec, side: str) -> str:
    by = {"group": " of other groups", "time": " of a longer time"}.get(spec.holdout.by, "")
    sized = "raise holdout.fraction" if side == "hold-out" else "lower folds or holdout.fraction"
    return f"ingest more rows{by}, {sized}"


def _first_version_remedy(training: Rows, holdout: Rows, side: str) -> str:
    both = pd.concat([training.features, holdout.features])
    combinations = len(both.drop_duplicates())
    more = "ingest more rows"
    if combinations < FEW_COMBINATIONS:
        more = (
            f"the {len(both)} rows have only {combinations} different combinations of features, "
            "and rows that are alike are on one side, so more of the same do not help; add a "
            "feature that tells rows apart"
        )
    if side == "training":
        return f"{more}, lower folds or holdout.fraction"
    return f"{more}, raise holdout.fraction or choose another holdout.salt"


def _remedy(spec: ModelSpec, short: list[str], side: str) -> str:
    remedy = _more_rows(spec, side)
    if len(spec.classes) - len(short) < 2:
        return remedy
    listed = ", ".join(map(repr, short))
    return (
        f"{remedy}, or say what becomes of such rows: rare: {{drop: [{listed}]}}, or "
        f"rare: {{merge: [{listed}], into: LABEL}}"
    )


def _canonical(features: DataFrame, name: str) -> Iterable[bytes]:
    column = features[name]
    if column.dtype == np.float32:
        numbers = column.to_numpy(copy=True) + np.float32(0)  # -0.0 is 0.0
        numbers[np.isnan(numbers)] = np.nan  # one of the many NaNs
        cells = numbers.astype(">f4").tobytes()
        return (cells[start : start + 4] for start in range(0, len(cells), 4))
    return (str(text).encode() for text in column)
