"""Rows: records become typed arrays; for each bad one there is a reason.

A chunk is read column by column. Only a bad row is read again, cell by cell, to say what is wrong
with it. Both ways use the same reader of a cell.
"""

from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from rookery_core.spec.cells import NUMBER_CHARACTERS, CellReader, Invalid
from rookery_core.spec.columns import CategoryColumn, NumberColumn
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.parsing.fields import split
from rookery_ingest.parsing.header import column_positions
from rookery_ingest.parsing.records import Records

MISSING_CODE = 0
"""The code of a missing label; the first label of a column has 1."""
_INVALID_CODE = -1
_INVALID_NUMBER = np.inf
_NUMBER_BYTES = NUMBER_CHARACTERS.encode()

Values = NDArray[np.float64] | NDArray[np.int16]
"""A column: numbers, NaN where missing, or codes of labels, `MISSING_CODE` where missing."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A record that is no row of the table."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Valid rows, as arrays of equal length."""

    lines: NDArray[np.int64]
    columns: dict[str, Values]
    """By name, in the spec's order."""

    def __len__(self) -> int:
        return len(self.lines)

    def part(self, which: slice | Mask) -> "Rows":
        """Returns some of the rows."""
        return Rows(self.lines[which], {name: v[which] for name, v in self.columns.items()})


class RowReader:
    """Reads the records below one header as rows of a spec."""

    def __init__(self, spec: ModelSpec, header: str, name: str) -> None:
        self._places = column_positions(header, spec, name)
        self._columns = [_reader(CellReader(spec, column)) for column in spec.columns]
        self._keys = [index for index, column in enumerate(spec.columns) if column.name in spec.key]

    def read(self, records: Records) -> tuple[Rows, list[BadRow]]:
        """Returns the valid rows and the bad ones; together they are all the records."""
        fields = split(records.texts, len(self._places))
        cells = [fields.columns[place] for place in self._places]
        lines, texts = records.lines, records.texts
        bad = [BadRow(lines[at], texts[at], why.reason) for at, why in fields.faults.items()]
        kept = range(len(texts)) if fields.kept is None else fields.kept
        read = [column.read(texts) for column, texts in zip(self._columns, cells, strict=True)]
        # np.asarray would ask a range for each of its numbers.
        numbers = (
            np.arange(lines.start, lines.stop, dtype=np.int64)
            if isinstance(lines, range)
            else np.asarray(lines, np.int64)
        )
        if fields.kept is not None:
            numbers = numbers[fields.kept]
        faulty = [
            column.invalid(values) for column, values in zip(self._columns, read, strict=True)
        ]
        for key in self._keys:
            faulty[key] = np.logical_or(faulty[key], self._columns[key].missing(read[key]))
        invalid: Mask = reduce(np.logical_or, faulty)
        if invalid.any():
            for index in np.flatnonzero(invalid).tolist():
                at = kept[index]
                reasons = [
                    self._reason(place, cells[place][index])
                    for place, mask in enumerate(faulty)
                    if mask[index]
                ]
                bad.append(BadRow(lines[at], texts[at], "; ".join(reasons)))
            numbers, read = numbers[~invalid], [values[~invalid] for values in read]
        names = [column.name for column in self._columns]
        return Rows(numbers, dict(zip(names, read, strict=True))), bad

    def _reason(self, place: int, text: str) -> str:
        """Says why the cell is not a value, or may not be missing."""
        column = self._columns[place]
        cell = column.cells.read(text)
        if isinstance(cell, Invalid):
            return cell.reason
        return f"{column.name}: missing, and part of the key"


def _reader(cells: CellReader) -> "NumberReader | LabelReader":
    return NumberReader(cells) if isinstance(cells.column, NumberColumn) else LabelReader(cells)


class NumberReader:
    """Reads many cells of a number column at once."""

    def __init__(self, cells: CellReader) -> None:
        assert isinstance(cells.column, NumberColumn)
        self.cells = cells
        self.name = cells.column.name
        self._low, self._high = cells.column.bounds
        self._direct = not any(_is_float(token) for token in cells.nulls)
        """Whether no token for "missing" reads as a number, such as -999."""

    def read(self, texts: list[str]) -> NDArray[np.float64]:
        """Reads the numbers; infinity marks an invalid cell."""
        if self._direct:
            # With these characters alone, Python's floats have exactly the grammar of a cell.
            try:
                if not "".join(texts).encode().translate(None, _NUMBER_BYTES):
                    values = np.fromiter(map(float, texts), np.float64, len(texts)) + 0.0
                    values[(values < self._low) | (values > self._high)] = _INVALID_NUMBER
                    return values
            except ValueError:
                pass
        known = {text: self._number(text) for text in set(texts)}
        return np.fromiter(map(known.__getitem__, texts), np.float64, len(texts))

    def _number(self, text: str) -> float:
        cell = self.cells.read(text)
        if isinstance(cell, float):
            return cell
        return float(np.nan) if cell is None else _INVALID_NUMBER

    def invalid(self, values: Values) -> Mask:
        """Tells which of the cells were invalid."""
        return np.isinf(values)

    def missing(self, values: Values) -> Mask:
        """Tells which of the cells were missing."""
        return np.isnan(values)


class LabelReader:
    """Reads many cells of a category column at once."""

    def __init__(self, cells: CellReader) -> None:
        assert isinstance(cells.column, CategoryColumn)
        self.cells = cells
        self.name = cells.column.name
        self._codes = {label: code for code, label in enumerate(cells.column.labels, 1)}

    def read(self, texts: list[str]) -> NDArray[np.int16]:
        """Reads the labels as codes; -1 marks an invalid cell."""
        known = {text: self._code(text) for text in set(texts)}
        return np.fromiter(map(known.__getitem__, texts), np.int16, len(texts))

    def _code(self, text: str) -> int:
        cell = self.cells.read(text)
        if isinstance(cell, str):
            return self._codes[cell]
        return MISSING_CODE if cell is None else _INVALID_CODE

    def invalid(self, values: Values) -> Mask:
        """Tells which of the cells were invalid."""
        return np.equal(values, _INVALID_CODE)

    def missing(self, values: Values) -> Mask:
        """Tells which of the cells were missing."""
        return np.equal(values, MISSING_CODE)


def _is_float(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
