"""The sampled cells of a column as numbers, by what was decided about it."""

import numpy as np
from numpy.typing import NDArray

from rookery_core.spec.columns import folded
from rookery_ingest.profile.datetime_formats import ISO_NAIVE, ISO_ZONED, DatetimeFormat
from rookery_ingest.profile.decision import Decision
from rookery_ingest.profile.null_tokens import is_usual
from rookery_ingest.profile.number_formats import NumberFormat, numbers_of


def sampled_values(decision: Decision, cells: list[str], form: NumberFormat) -> NDArray[np.float64]:
    """Reads cells as numbers; labels and booleans become codes, dates days; NaN where missing."""
    if decision.kind == "number":
        return numbers_of(cells, form)
    if decision.kind == "datetime":
        moment = _format(decision)
        read = {cell: _days(moment, cell) for cell in set(cells)}
    else:
        labels = {folded(cell) for cell in cells if not is_usual(cell)}
        codes = {label: float(code) for code, label in enumerate(sorted(labels))}
        read = {cell: codes.get(folded(cell)) for cell in set(cells)}
    known = {cell: np.nan if value is None else value for cell, value in read.items()}
    return np.fromiter(map(known.__getitem__, cells), np.float64, len(cells))


def _format(decision: Decision) -> DatetimeFormat:
    form = decision.keys.get("format")
    if form is None:
        return ISO_ZONED if "zone" in decision.keys else ISO_NAIVE
    return DatetimeFormat(str(form))


def _days(form: DatetimeFormat, cell: str) -> float | None:
    day = form.day(cell.strip())
    return None if day is None else float(day)
