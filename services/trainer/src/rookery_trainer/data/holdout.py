"""The hold-out: which rows no trial ever sees."""

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame

from rookery_core.errors import Refused
from rookery_core.spec.model_spec import Holdout, ModelSpec
from rookery_trainer.data.folds import least_class_rows

LEAST_HELD_OUT = 5
"""Rows of each class the hold-out must have."""


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


def check_holdout(spec: ModelSpec, training: NDArray[np.intp], held: NDArray[np.intp]) -> None:
    """Checks that both sides have enough rows of each class.

    Args:
        training: labels of the training rows.
        held: labels of the rows held out.

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
            raise Refused(
                f"the {side} rows of {spec.name!r} are too few: {', '.join(short)}, at least "
                f"{least} of each class are needed; ingest more rows, {remedy}"
            )


def _canonical(features: DataFrame, name: str) -> Iterable[bytes]:
    column = features[name]
    if column.dtype == np.float32:
        numbers = column.to_numpy(copy=True) + np.float32(0)  # -0.0 is 0.0
        numbers[np.isnan(numbers)] = np.nan  # one of the many NaNs
        cells = numbers.astype(">f4").tobytes()
        return (cells[start : start + 4] for start in range(0, len(cells), 4))
    return (str(text).encode() for text in column)
