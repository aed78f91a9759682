"""Cells of a table: a text is a value of its column, missing, or invalid for a reason."""

import re
from dataclasses import dataclass

from rookery_core.spec.columns import CategoryColumn, NumberColumn, folded
from rookery_core.spec.model_spec import ModelSpec

NUMBER_CHARACTERS = "0123456789+-.eE"
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Invalid:
    """Why a text is not a value of its column."""

    reason: str


Cell = float | str | None | Invalid
"""A number, a label as the spec spells it, a missing value, or why it is none of them."""


class CellReader:
    """Reads the cells of one column of a spec."""

    def __init__(self, spec: ModelSpec, column: NumberColumn | CategoryColumn) -> None:
        self.column = column
        self.nulls = spec.null_keys | {folded(token) for token in column.null_tokens}
        labels = column.values if isinstance(column, CategoryColumn) else ()
        self._labels = {folded(label): label for label in labels}

    def read(self, text: str) -> Cell:
        """Reads the value that the text stands for; case and surrounding space do not count.

        Nothing is guessed: no decimal comma, no unit, no `nan` or `inf`, no control character.
        """
        if _CONTROL.search(text):
            return self._invalid(text, "holds a control character")
        key = folded(text)
        if key in self.nulls:
            return None
        if isinstance(self.column, CategoryColumn):
            label = self._labels.get(key)
            return self._invalid(text, "is not a known label") if label is None else label
        return self._number(text, self.column.range)

    def _number(self, text: str, bounds: tuple[float, float]) -> Cell:
        stripped = text.strip()
        if not _NUMBER.fullmatch(stripped):
            return self._invalid(text, "is not a number")
        value = float(stripped) + 0.0  # minus zero is zero
        low, high = bounds
        if not low <= value <= high:
            return self._invalid(text, f"lies outside {low:g} to {high:g}")
        return value

    def _invalid(self, text: str, fault: str) -> Invalid:
        shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
        return Invalid(f"{self.column.name}: {shown!r} {fault}")
