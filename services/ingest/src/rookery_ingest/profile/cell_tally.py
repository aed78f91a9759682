"""A tally of cells: as what the cells of one column can be read, in bounded memory."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

import numpy as np

from rookery_core.spec.cells import NUMBER_CHARACTERS
from rookery_ingest.profile import datetime_formats, number_formats
from rookery_ingest.profile.datetime_formats import DatetimeFormat
from rookery_ingest.profile.distinct_count import DistinctCount
from rookery_ingest.profile.null_tokens import is_usual
from rookery_ingest.profile.number_formats import PLAIN, NumberFormat, split_unit
from rookery_ingest.profile.number_tally import NumberTally

MAX_WORDS = 5
"""Distinct words that a column of numbers may hold."""
_MAX_UNITS = 8
_NUMBER_BYTES = NUMBER_CHARACTERS.encode()
_SEED = 20
"""Cells whose formats of dates are tried on all others."""
_BREAKS = 0.02
"""The share of cells that may break a format of dates."""


class CellTally:
    """Counts the cells of one column, which are given as texts with their numbers of rows."""

    def __init__(self) -> None:
        self.missing: Counter[str] = Counter()
        """Rows by the text that means "missing"."""
        self.words: Counter[str] = Counter()
        """Rows by a text without a digit, `MAX_WORDS` + 1 of them at most."""
        self.units: Counter[str] = Counter()
        """Rows by the unit that stands in the cell."""
        self.numbers: dict[NumberFormat, NumberTally] = {
            form: NumberTally() for form in number_formats.FORMATS
        }
        """By each format that reads every cell with a digit so far."""
        self.unmarked = NumberTally()
        """Of the plain numbers without a point, which all formats read alike."""
        self.pointed = NumberTally()
        """Of those with a point, which all formats with the decimal mark `.` read alike."""
        self.first_text: str | None = None
        """The first text with a digit that is no number in any format."""
        self.digits_only = True
        """Whether every cell that is not missing consists of digits."""
        self.zeros: str | None = None
        """The first cell that begins with a zero that a number would lose."""
        self.datetimes: dict[DatetimeFormat, list[str]] | None = None
        """By each format that reads almost all cells: some of those that it does not read."""
        self._breaks: Counter[DatetimeFormat] = Counter()
        self._seen = 0
        self.texts = DistinctCount()
        """Of the cells that were not counted as plain numbers."""
        self.longest = 0

    def add(self, cells: Mapping[str, int] | Collection[str]) -> None:
        """Counts cells: rows by text, or a text for each row."""
        if not isinstance(cells, Mapping):
            texts = list(cells)
            if self._add_plain(texts, len(texts)):
                return
            cells = Counter(cells)
        known = {text: rows for text, rows in cells.items() if not self._is_missing(text, rows)}
        if known and not self._add_plain(list(known), sum(known.values())):
            self._add_numbers(known)
            self._add_datetimes(known)
            self.longest = max(self.longest, *map(len, known), 0)
            self.texts.add_texts(known)

    @property
    def is_number(self) -> bool:
        """Tells whether every cell but some words is a number in one format."""
        return (
            bool(self.numbers)
            and len(self.words) <= MAX_WORDS
            and self._seen > sum(self.words.values())
        )

    def of_numbers(self, form: NumberFormat) -> NumberTally:
        """Returns the tally of the numbers in a format that reads them all."""
        own = self.numbers[form].joined(self.unmarked)
        return own.joined(self.pointed) if form.decimal == "." else own

    @property
    def distinct(self) -> int:
        """Returns about how many distinct cells there are."""
        plain = self.unmarked.distinct.joined(self.pointed.distinct)
        return self.texts.count + plain.count

    def breaks(self, form: DatetimeFormat) -> int:
        """Returns about how many cells a format of dates does not read."""
        return self._breaks[form]

    def _is_missing(self, text: str, rows: int) -> bool:
        if not is_usual(text):
            return False
        self.missing[text.strip()] += rows
        return True

    def _add_plain(self, texts: list[str], rows: int) -> bool:
        """Counts the cells of so many rows, if all are plain numbers; tells whether it did."""
        if self.datetimes is None:
            self._seed_datetimes(texts)
        if PLAIN not in self.numbers or self.units or self.words or self.datetimes:
            return False
        if self.missing:
            kept = [text for text in texts if text not in self.missing]
            if len(kept) < len(texts):
                self.missing.update(text for text in texts if text in self.missing)
                rows -= len(texts) - len(kept)
                texts = kept
        joined = "".join(texts)
        if joined.encode().translate(None, _NUMBER_BYTES):
            return False
        try:
            values = np.fromiter(map(float, texts), np.float64, len(texts)) + 0.0
        except ValueError:
            return False
        if not len(values):
            return True
        self._seen += rows
        self._note_zeros(texts, joined.isdigit())
        if "." in joined:
            self._read_with(set(texts), [form for form in self.numbers if form.decimal != "."])
        (self.pointed if "." in joined else self.unmarked).add(values)
        return True

    def _note_zeros(self, texts: Iterable[str], digits: bool) -> None:
        self.digits_only = self.digits_only and digits
        if self.digits_only:
            for text in texts:
                if text[0] == "0" and len(text) > 1 and text.strip("0"):
                    self.zeros = self.zeros or text

    def _add_numbers(self, cells: Mapping[str, int]) -> None:
        stripped = {text.strip(): rows for text, rows in cells.items()}
        for text, rows in stripped.items():
            if not any(map(str.isdigit, text)):
                if len(self.words) <= MAX_WORDS:
                    self.words[text] += rows
                self.digits_only = False
        cells = {text: rows for text, rows in stripped.items() if any(map(str.isdigit, text))}
        self._seen += sum(stripped.values())
        if not cells or not self.numbers:
            self.digits_only = self.digits_only and all(map(_is_digits, cells))
            return
        self._note_zeros(cells, all(map(_is_digits, cells)))
        self._read_with(dict(map(self._bare, cells.items())), list(self.numbers))

    def _read_with(self, bare: Iterable[str], forms: Iterable[NumberFormat]) -> None:
        """Counts the numbers of texts in some formats; one that does not read all is struck."""
        for form in forms:
            values = []
            for text in bare:
                value = form.number(text)
                if value is None:
                    self._strike(form, text)
                    break
                values.append(value)
            else:
                self.numbers[form].add(np.array(values, np.float64))

    def _bare(self, cell: tuple[str, int]) -> tuple[str, int]:
        """Counts the unit of a cell, and returns the rest."""
        text, rows = cell
        if text.lstrip("+-")[0] in ".0123456789" and text[-1].isdigit():
            return cell
        split = split_unit(text)
        if split is None:
            return cell
        number, unit = split
        if unit and (unit in self.units or len(self.units) < _MAX_UNITS):
            self.units[unit] += rows
        return number, rows

    def _strike(self, form: NumberFormat, text: str) -> None:
        del self.numbers[form]
        if not self.numbers and self.first_text is None:
            self.first_text = text

    def _seed_datetimes(self, texts: Collection[str]) -> None:
        seed = list(texts)[:_SEED]
        self.datetimes = {
            form: [] for text in seed for form in datetime_formats.possible(text.strip())
        }

    def _add_datetimes(self, cells: Mapping[str, int]) -> None:
        if self.datetimes is None:
            self._seed_datetimes(cells)
        assert self.datetimes is not None
        stripped = [text.strip() for text in cells] if self.datetimes else []
        for form in list(self.datetimes):
            if form.may_read_all(stripped):
                continue
            for text, rows in cells.items():
                if form.day(text.strip()) is None:
                    self._breaks[form] += rows
                    if len(self.datetimes[form]) < 3:
                        self.datetimes[form].append(text)
            if self._breaks[form] > max(3, _BREAKS * self._seen):
                del self.datetimes[form]


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
