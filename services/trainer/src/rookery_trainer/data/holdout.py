"""The hold-out: which rows no trial ever sees."""

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame

from rookery_core.errors import Refused
from rookery_core.spec.holdout import Holdout
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.data.folds import least_class_rows

LEAST_HELD_OUT = 5
"""Rows of each class the hold-out must have."""
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


def check_holdout(
    spec: ModelSpec, training: NDArray[np.intp], held: NDArray[np.intp], combinations: int
) -> None:
    """Checks that both sides have enough rows of each class.

    Args:
        training: labels of the training rows.
        held: labels of the rows held out.
        combinations: how many rows of features there are that are not alike.

    Raises:
        Refused: a class has too few rows on one side.
    """
    for side, labels, least, remedy in (
        ("hold-out", held, LEAST_HELD_OUT, "raise holdout.fraction or choose another holdout.salt"),
        ("training", training, least_class_rows(spec), "lower folds or holdout.fraction"),
    ):
        counts = np.bincount(labels, minlength=len(spec.classes))
        short = [f"{n} of {c!r}" for c, n in zip(spec.classes, counts, strict=True) if n < least]
        if short:
            more = "ingest more rows"
            if combinations < FEW_COMBINATIONS:
                more = (
                    f"the {len(training) + len(held)} rows have only {combinations} different "
                    "combinations of features, and rows that are alike are on one side, so more "
                    "of the same do not help; add a feature that tells rows apart"
                )
            raise Refused(
                f"the {side} rows of {spec.name!r} are too few: {', '.join(short)}, at least "
                f"{least} of each class are needed; {more}, {remedy}"
            )


def _canonical(features: DataFrame, name: str) -> Iterable[bytes]:
    column = features[name]
    if column.dtype == np.float32:
        numbers = column.to_numpy(copy=True) + np.float32(0)  # -0.0 is 0.0
        numbers[np.isnan(numbers)] = np.nan  # one of the many NaNs
        cells = numbers.astype(">f4").tobytes()
        return (cells[start : start + 4] for start in range(0, len(cells), 4))
    return (str(text).encode() for text in column)
