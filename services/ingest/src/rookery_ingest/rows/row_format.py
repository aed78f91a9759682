"""Typed rows in COPY's binary format, many at once.

Each row is laid out as wide as the widest possible one; then the unused bytes are left out.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from rookery_core.database.tables import BATCH, LINE, ROW_ID
from rookery_core.spec.columns import CategoryColumn, NumberColumn
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.rows.row_hash import HASH_BYTES
from rookery_ingest.rows.rows import Rows

PIECE_BYTES = 1024 * 1024
"""How many bytes of rows are laid out at a time."""
_NULL = -1
"""The size of a field that is missing."""
_FIELDS = " fields"
"""The field with the number of fields of a row; no column of a spec has a space in its name."""
_Bytes = NDArray[np.void]


class RowFormat:
    """Formats the rows of one batch."""

    def __init__(self, spec: ModelSpec, batch: int) -> None:
        self.columns = (ROW_ID, BATCH, LINE, *(column.name for column in spec.columns))
        self._numbers = [c.name for c in spec.columns if isinstance(c, NumberColumn)]
        self._labels = {
            column.name: _label_fields(column)
            for column in spec.columns
            if isinstance(column, CategoryColumn)
        }
        sized = {ROW_ID: f"V{HASH_BYTES}", BATCH: ">i8", LINE: ">i8"} | dict.fromkeys(
            self._numbers, ">f8"
        )
        layout = [(_FIELDS, ">i2")]
        for name in self.columns:
            if name in self._labels:
                layout.append((name, self._labels[name][0].dtype.str))
            else:
                layout += [(_size(name), ">i4"), (name, sized[name])]
        self._layout = np.dtype(layout)
        self._row = np.zeros(1, self._layout)
        self._row[_FIELDS] = len(self.columns)
        self._row[BATCH] = batch
        for name, kind in sized.items():
            self._row[_size(name)] = np.dtype(kind).itemsize

    def encode(self, rows: Rows, hashes: NDArray[np.void]) -> Iterator[bytes]:
        """Yields the rows with these hashes, formatted, some at a time."""
        step = max(1, PIECE_BYTES // self._layout.itemsize)
        for start in range(0, len(rows), step):
            part = slice(start, start + step)
            yield self._piece(rows.part(part), hashes[part])

    def _piece(self, rows: Rows, hashes: NDArray[np.void]) -> bytes:
        packed = np.repeat(self._row, len(rows))
        kept = np.ones(packed.nbytes, np.bool_)
        there = kept.view(_untyped(self._layout))
        packed[ROW_ID] = hashes
        packed[LINE] = rows.lines
        for name in self._numbers:
            values = rows.columns[name]
            packed[name] = values
            missing = np.isnan(values)
            if missing.any():
                packed[_size(name)][missing] = _NULL
                there[name][missing] = np.void(bytes(8))
        for name, (fields, lengths) in self._labels.items():
            codes = rows.columns[name]
            packed[name] = fields[codes]
            there[name] = lengths[codes]
        return packed.view(np.uint8)[kept].tobytes()


def _label_fields(column: CategoryColumn) -> tuple[_Bytes, _Bytes]:
    """Returns by code: a label's size and text, padded; and 1 for each byte that isn't padding."""
    labels = [None, *(label.encode() for label in column.labels)]
    width = 4 + max(len(label or b"") for label in labels)
    fields = [
        (_NULL if label is None else len(label)).to_bytes(4, "big", signed=True) + (label or b"")
        for label in labels
    ]
    padded = b"".join(field.ljust(width, b"\0") for field in fields)
    marks = b"".join((b"\1" * len(field)).ljust(width, b"\0") for field in fields)
    kind = f"V{width}"
    return np.frombuffer(padded, kind), np.frombuffer(marks, kind)


def _size(name: str) -> str:
    """Names the field with a column's size; no column of a spec has a space in its name."""
    return f"{name} size"


def _untyped(layout: np.dtype[np.void]) -> np.dtype[np.void]:
    """Returns the same layout with each field as plain bytes."""
    assert layout.names is not None
    return np.dtype([(name, f"V{layout[name].itemsize}") for name in layout.names])
