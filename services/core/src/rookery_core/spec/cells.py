"""Cells of a table: a text is a value of its column, missing, or invalid for a reason."""

import re
from dataclasses import dataclass
from datetime import datetime
from unicodedata import normalize

from rookery_core.spec.columns import (
    LARGEST_NUMBER,
    MISSING,
    AnyColumn,
    BooleanColumn,
    CategoryColumn,
    DatetimeColumn,
    NumberColumn,
    folded,
)
from rookery_core.spec.datetime_format import NotADatetime, datetime_reader
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.number_marks import NumberMarks
from rookery_core.spec.target_keys import ABOVE_ZERO

NUMBER_CHARACTERS = "0123456789+-.eE"
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
"""A number as it is written without any marks of a dialect but the decimal point."""
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SHOWN = 40
_NO_BOUNDS = (-LARGEST_NUMBER, LARGEST_NUMBER)
MAX_LABEL = 200
"""The longest label, in characters."""


@dataclass(frozen=True, slots=True)
class Invalid:
    """Why a text is not a value of its column."""

    reason: str


Cell = float | bool | str | datetime | None | Invalid
"""A number, a boolean, a label as the spec spells it, a moment (naive, or in UTC), a missing value,
or why it is none of them."""


class CellReader:
    """Reads the cells of one column of a spec."""

    def __init__(self, spec: ModelSpec, column: AnyColumn) -> None:
        self.column = column
        self.nulls = spec.null_keys | {folded(token) for token in column.null_tokens}
        self.bounds = spec.bounds(column) if isinstance(column, NumberColumn) else _NO_BOUNDS
        """The smallest and largest number that a cell may hold, both included."""
        self._is_weight = column.name == spec.weight
        self._marks = NumberMarks(spec.csv)
        self._unit = column.unit if spec.spec == 2 and isinstance(column, NumberColumn) else ""
        self._known = _known_texts(column)
        self._moment = (
            datetime_reader(column.format, column.zone)
            if isinstance(column, DatetimeColumn)
            else None
        )

    def read(self, text: str) -> Cell:
        """Reads the value that the text stands for; case and surrounding space do not count.

        Nothing is guessed: no mark that the spec's dialect lacks, no `nan` or `inf`, no control
        character, and no unit but that of the column, which a cell may have under `spec: 2`.
        """
        if CONTROL.search(text):
            return self._invalid(text, "holds a control character")
        key = folded(text)
        return None if key in self.nulls else self._value(text, key)

    def _value(self, text: str, key: str) -> Cell:
        match self.column:
            case NumberColumn() as column:
                return self._number(text, column)
            case CategoryColumn(is_open=True):
                return self._open_label(text)
            case CategoryColumn():
                return self._known.get(key, self._invalid(text, "is not a known label"))
            case BooleanColumn() as column:
                wrong = f"is neither true ({column.true[0]}) nor false ({column.false[0]})"
                return self._known.get(key, self._invalid(text, wrong))
            case DatetimeColumn():
                return self._datetime(text)

    def _number(self, text: str, column: NumberColumn) -> float | Invalid:
        plain = self._marks.plain(self._without_unit(text.strip()))
        if plain is None or not NUMBER.fullmatch(plain):
            return self._invalid(text, "is not a number")
        value = float(plain) + 0.0  # minus zero is zero
        low, high = self.bounds
        if value <= 0 and low == ABOVE_ZERO:
            return self._invalid(text, "is not above 0, and transform: log needs that")
        if value < 0 and self._is_weight:
            return self._invalid(text, "is below 0, and says how much the row counts")
        if not low <= value <= high:
            return self._invalid(text, f"lies outside {low:g} to {high:g}")
        if column.integer and not value.is_integer():
            return self._invalid(text, "is not a whole number")
        return value

    def _without_unit(self, text: str) -> str:
        if not self._unit:
            return text
        if text.endswith(self._unit):
            return text.removesuffix(self._unit).rstrip()
        sign = text[0] if text[:1] in {"+", "-"} and text.startswith(self._unit, 1) else ""
        return sign + text.removeprefix(sign).removeprefix(self._unit).lstrip()

    def _open_label(self, text: str) -> str | Invalid:
        """Returns a label as the cell spells it, without surrounding space, in Unicode's NFC."""
        label = normalize("NFC", text.strip())
        if not label:
            return self._invalid(text, "is empty, and no text for a missing value")
        if len(label) > MAX_LABEL:
            return self._invalid(text, f"has more than {MAX_LABEL} characters")
        if label == MISSING:
            return self._invalid(text, "stands for no value")
        return label

    def _datetime(self, text: str) -> datetime | Invalid:
        assert self._moment is not None
        try:
            return self._moment(text.strip())
        except NotADatetime as error:
            return self._invalid(text, str(error))

    def _invalid(self, text: str, fault: str) -> Invalid:
        shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
        return Invalid(f"{self.column.name}: {shown!r} {fault}")


def _known_texts(column: AnyColumn) -> dict[str, str | bool]:
    """Returns the values that the column lists, by the form in which cells are compared."""
    if isinstance(column, CategoryColumn):
        return {folded(label): label for label in column.labels}
    if isinstance(column, BooleanColumn):
        falses = dict.fromkeys(map(folded, column.false_tokens), False)
        return {**dict.fromkeys(map(folded, column.true_tokens), True), **falses}
    return {}
