"""Rows: records become typed arrays; for each bad one there is a reason.

A chunk is read column by column. Only a bad row is read again, cell by cell, to say what is wrong
with it. Both ways use the same reader of a cell.
"""

from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from rookery_core.spec.cells import Invalid
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.parsing.fields import split
from rookery_ingest.parsing.header import column_positions, header_names
from rookery_ingest.parsing.record_form import COMMAS, RecordForm
from rookery_ingest.parsing.records import Records
from rookery_ingest.rows.cell_source import CellSource
from rookery_ingest.rows.column_readers import column_reader
from rookery_ingest.rows.values import Mask, Values


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

    def __init__(self, spec: ModelSpec, header: str, name: str, form: RecordForm = COMMAS) -> None:
        self._form = form
        self._names = header_names(header, form, name)
        self._places = column_positions(header, spec, name, form)
        self._columns = [column_reader(CellSource(spec, column, form)) for column in spec.columns]
        needed = dict.fromkeys(spec.key, "part of the key")
        if spec.weight is not None:
            needed[spec.weight] = "it says how much the row counts"
        self._needed = {
            place: needed[column.name]
            for place, column in enumerate(spec.columns)
            if column.name in needed
        }
        """The columns in which no cell may be missing, and why."""

    def read(self, records: Records) -> tuple[Rows, list[BadRow]]:
        """Returns the valid rows and the bad ones; together they are all the records."""
        fields = split(records.texts, self._names, self._form)
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
        for place in self._needed:
            missing = self._columns[place].missing(read[place])
            faulty[place] = np.logical_or(faulty[place], missing)
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
            return cell.reason + column.cells.hint(text)
        return f"{column.name}: missing, and {self._needed[place]}"
