"""Formats of numbers: which marks a file's numbers have, by all its columns together."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rookery_core.spec.cells import NUMBER_CHARACTERS

_PLAIN_BYTES = NUMBER_CHARACTERS.encode()
_SPACES = " \u00a0\u202f"
_APOSTROPHES = "'\u2019"
_CURRENCIES = "$€£¥₹₽₩₺₪฿"
_UNIT = re.compile(
    rf"(?P<sign>[+-](?=[{_CURRENCIES}A-Z]))?"
    rf"(?P<before>[{_CURRENCIES}]|(?:USD|EUR|GBP|CHF|JPY|AUD|CAD|CNY|INR|SEK|NOK|DKK|PLN)(?=[\s\d]))?"
    r"\s*(?P<number>[+-]?[\d.,'\u2019 \u00a0\u202f]*\d[.,]?(?:[eE][+-]?\d+)?)\s*"
    rf"(?P<after>[{_CURRENCIES}%‰]|°[CF]?|USD|EUR|GBP|CHF|JPY|AUD|CAD|CNY|INR|SEK|NOK|DKK|PLN"
    r"|[kcmµn]?m|[kmµ]?g|k?Hz|k?W|k?Wh|[km]?l|ml|km/h|mph|lbs?|kcal|hPa|h|s|ms|min|in|ft)?",
)


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """The marks of numbers."""

    decimal: str
    thousands: str

    def number(self, text: str) -> float | None:
        """Reads a text without space around it as a number; None if it is none."""
        if not _pattern(self).fullmatch(text):
            return None
        if self.thousands:
            for mark in _marks(self.thousands):
                text = text.replace(mark, "")
        return float(text.replace(self.decimal, ".") if self.decimal != "." else text) + 0.0


PLAIN = NumberFormat(".", "")
FORMATS = (
    PLAIN,
    NumberFormat(".", ","),
    NumberFormat(",", ""),
    NumberFormat(",", "."),
    NumberFormat(".", " "),
    NumberFormat(",", " "),
    NumberFormat(".", "'"),
    NumberFormat(",", "'"),
)
"""In the order of preference where several read all columns."""


@lru_cache(maxsize=len(FORMATS))
def _pattern(form: NumberFormat) -> re.Pattern[str]:
    decimal = re.escape(form.decimal)
    whole = r"\d+"
    if form.thousands:
        mark = f"[{re.escape(''.join(_marks(form.thousands)))}]"
        # `0,123` is no group of thousands.
        whole = rf"(?:[1-9]\d{{0,2}}(?:{mark}\d{{3}})+|\d+)"
    return re.compile(rf"[+-]?(?:{whole}(?:{decimal}\d*)?|{decimal}\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def _marks(thousands: str) -> str:
    return {" ": _SPACES, "'": _APOSTROPHES}.get(thousands, thousands)


def split_unit(text: str) -> tuple[str, str] | None:
    """Splits a text such as `-$1,234.50` or `45 %` into its number and its unit.

    Without a unit the second is empty. None if it is no number.
    """
    found = _UNIT.fullmatch(text.strip())
    if not found or (found["before"] and found["after"]):
        return None
    return (found["sign"] or "") + found["number"], found["before"] or found["after"] or ""


def numbers_of(cells: Sequence[str], form: NumberFormat) -> NDArray[np.float64]:
    """Reads cells as numbers, with a unit or without; NaN where one is none."""
    if form == PLAIN:
        try:
            if not "".join(cells).encode().translate(None, _PLAIN_BYTES):
                return np.fromiter(map(float, cells), np.float64, len(cells)) + 0.0
        except ValueError:
            pass
    known = {cell: _number_of(cell, form) for cell in set(cells)}
    return np.fromiter(map(known.__getitem__, cells), np.float64, len(cells))


def _number_of(cell: str, form: NumberFormat) -> float:
    value = form.number(cell.strip())
    if value is None and (split := split_unit(cell)) is not None:
        value = form.number(split[0])
    return np.nan if value is None else value


def chosen_format(columns: Iterable[Sequence[NumberFormat]], delimiter: str) -> NumberFormat:
    """Chooses the one that reads most columns as numbers.

    `columns` holds, for each column of numbers, the formats that read all its cells. `1,234` alone
    may be either a fraction or thousands: in a file whose cells are separated by semicolons it is
    read as a fraction, because the comma is the decimal mark there.
    """
    counts = dict.fromkeys(FORMATS, 0)
    for readable in columns:
        for form in readable:
            counts[form] += 1
    order = list(FORMATS)
    if delimiter == ";":
        order.sort(key=lambda form: (form != PLAIN, form.decimal != ","))
    return max(order, key=lambda form: (counts[form], -order.index(form)))
