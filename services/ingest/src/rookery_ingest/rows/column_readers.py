"""Readers of columns: many cells at once become an array, as each of them alone is read.

A reader asks the reader of a cell about each distinct text once. Of a bad cell, an array holds a
value that stands for none, until its row is left out.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import compress
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from rookery_core.spec.cells import NUMBER_CHARACTERS, Cell, Invalid
from rookery_core.spec.columns import (
    BooleanColumn,
    CategoryColumn,
    DatetimeColumn,
    NumberColumn,
)
from rookery_ingest.rows.cell_source import CellSource
from rookery_ingest.rows.values import MISSING_CODE, MISSING_MOMENT, Mask, OpenLabels, Values

_INVALID_CODE = -1
_INVALID_MOMENT = MISSING_MOMENT + 1
_NUMBER_BYTES = NUMBER_CHARACTERS.encode()
_ISO_SECOND = r"(?!0000)\d{4}-\d\d-\d\d(?:[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)?"
_ISO_SECONDS = re.compile(rf"(?:{_ISO_SECOND}\n)*{_ISO_SECOND}", re.ASCII)
"""Days and times of which numpy reads exactly those that a cell may hold."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class ColumnReader(ABC):
    """Reads many cells of one column at once."""

    _missing: ClassVar[float]
    """Stands for a missing value."""
    _invalid: ClassVar[float]
    """Stands for an invalid cell, which is no value."""

    def __init__(self, cells: CellSource) -> None:
        self.cells = cells
        self.name = cells.column.name

    @abstractmethod
    def read(self, texts: Sequence[str]) -> Values:
        """Reads the values; those of invalid cells are marked."""

    def invalid(self, values: Values) -> Mask:
        """Tells which of the cells were invalid."""
        found: Mask = np.equal(_array(values), self._invalid)
        return found

    def missing(self, values: Values) -> Mask:
        """Tells which of the cells were missing."""
        found: Mask = np.equal(_array(values), self._missing)
        return found


def column_reader(cells: CellSource) -> ColumnReader:
    """Returns the reader of a column."""
    match cells.column:
        case NumberColumn():
            return NumberReader(cells, cells.column)
        case CategoryColumn(is_open=True):
            return OpenLabelReader(cells)
        case CategoryColumn(labels=labels):
            return CodeReader(cells, labels)
        case BooleanColumn():
            return CodeReader(cells, (False, True))
        case DatetimeColumn():
            return MomentReader(cells, cells.column)


class NumberReader(ColumnReader):
    """Reads numbers."""

    _missing = float(np.nan)
    _invalid = float(np.inf)

    def __init__(self, cells: CellSource, column: NumberColumn) -> None:
        super().__init__(cells)
        self._low, self._high = cells.bounds
        self._integer = column.integer
        self._plain = cells.plain_numbers

    def read(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Reads the numbers; infinity marks an invalid cell."""
        values = self._at_once(texts)
        if values is None:
            values = self._around_missing(texts)
        if values is not None:
            return values
        known = {text: self._number(text) for text in set(texts)}
        return np.fromiter(map(known.__getitem__, texts), np.float64, len(texts))

    def _at_once(self, texts: Sequence[str]) -> NDArray[np.float64] | None:
        """Reads plain numbers; None if one is none."""
        plain = None if self._plain is None else self._plain(texts)
        if plain is None:
            return None
        # With these characters alone, Python's floats have exactly the grammar of a cell.
        try:
            if "".join(plain).encode().translate(None, _NUMBER_BYTES):
                return None
            values = np.fromiter(map(float, plain), np.float64, len(texts)) + 0.0
        except ValueError:
            return None
        wrong = (values < self._low) | (values > self._high)
        if self._integer:
            wrong |= values != np.floor(values)
        values[wrong] = self._invalid
        return values

    def _around_missing(self, texts: Sequence[str]) -> NDArray[np.float64] | None:
        """Reads plain numbers of which some are missing; None if one is neither."""
        nulls = self.cells.exact_nulls
        there = ~np.fromiter(map(nulls.__contains__, texts), np.bool_, len(texts))
        if there.all():
            return None
        values = np.full(len(texts), np.nan)
        known = self._at_once(list(compress(texts, there)))
        if known is None:
            return None
        values[there] = known
        return values

    def _number(self, text: str) -> float:
        cell = self.cells.read(text)
        if isinstance(cell, float):
            return cell
        return self._missing if cell is None else self._invalid

    def missing(self, values: Values) -> Mask:
        """Tells which of the cells were missing."""
        found: Mask = np.isnan(_array(values))
        return found


class CodeReader(ColumnReader):
    """Reads values of a closed list as their codes."""

    _missing = MISSING_CODE
    _invalid = _INVALID_CODE

    def __init__(self, cells: CellSource, values: Sequence[str | bool]) -> None:
        super().__init__(cells)
        self._codes: dict[Cell, int] = {value: code for code, value in enumerate(values, 1)}

    def read(self, texts: Sequence[str]) -> NDArray[np.int16]:
        """Reads the codes."""
        known = {text: self._code(text) for text in set(texts)}
        return np.fromiter(map(known.__getitem__, texts), np.int16, len(texts))

    def _code(self, text: str) -> int:
        cell = self.cells.read(text)
        if isinstance(cell, Invalid):
            return _INVALID_CODE
        return MISSING_CODE if cell is None else self._codes[cell]


class OpenLabelReader(ColumnReader):
    """Reads labels that are listed nowhere."""

    _missing = MISSING_CODE
    _invalid = _INVALID_CODE

    def read(self, texts: Sequence[str]) -> OpenLabels:
        """Reads the labels; their codes are those of this chunk alone."""
        known: dict[str, int] = {}
        codes: dict[str, int] = {}
        for text in set(texts):
            cell = self.cells.read(text)
            if isinstance(cell, str):
                known[text] = codes.setdefault(cell, len(codes) + 1)
            else:
                known[text] = MISSING_CODE if cell is None else _INVALID_CODE
        found = np.fromiter(map(known.__getitem__, texts), np.int32, len(texts))
        return OpenLabels(found, tuple(codes))


class MomentReader(ColumnReader):
    """Reads moments as microseconds since 1970."""

    _missing = MISSING_MOMENT
    _invalid = _INVALID_MOMENT

    def __init__(self, cells: CellSource, column: DatetimeColumn) -> None:
        super().__init__(cells)
        self._is_naive_iso = column.format is None and column.zone is None

    def read(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Reads the moments."""
        if self._is_naive_iso and _ISO_SECONDS.fullmatch("\n".join(texts)):
            try:
                moments = np.array(texts, "datetime64[s]").astype("datetime64[us]")
            except ValueError:  # such as the 30th of February
                pass
            else:
                return moments.astype(np.int64)
        known = {text: self._microseconds(text) for text in set(texts)}
        return np.fromiter(map(known.__getitem__, texts), np.int64, len(texts))

    def _microseconds(self, text: str) -> int:
        cell = self.cells.read(text)
        if isinstance(cell, datetime):
            moment = cell if cell.tzinfo is not None else cell.replace(tzinfo=UTC)
            return (moment - _EPOCH) // _MICROSECOND
        return MISSING_MOMENT if cell is None else _INVALID_MOMENT


def _array(values: Values) -> NDArray[Any]:
    return values.codes if isinstance(values, OpenLabels) else values
