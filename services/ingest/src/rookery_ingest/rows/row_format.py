"""Typed rows in COPY's binary format, many at once.

Each row is laid out as wide as the widest possible one; then the unused bytes are left out.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from rookery_core.database.tables import BATCH, LINE
from rookery_core.spec.columns import (
    AnyColumn,
    BooleanColumn,
    CategoryColumn,
    DatetimeColumn,
    NumberColumn,
)
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.rows.row_hash import HASH_BYTES
from rookery_ingest.rows.row_hashes import Hashes
from rookery_ingest.rows.rows import Rows
from rookery_ingest.rows.values import MISSING_MOMENT, Mask, OpenLabels, Values

PIECE_BYTES = 1024 * 1024
"""How many bytes of rows are laid out at a time."""
_NULL = -1
"""The size of a field that is missing."""
_FIELDS = " fields"
"""The field with the number of fields of a row; no column of a spec has a space in its name."""
_EPOCH = 946_684_800_000_000
"""Microseconds from 1970 to 2000, from which PostgreSQL counts."""
_Bytes = NDArray[np.void]
_Texts = tuple[_Bytes, _Bytes]
"""By code: a value's size and bytes, padded; and 1 for each byte that isn't padding."""


class RowFormat:
    """Formats the rows of one batch."""

    def __init__(self, spec: ModelSpec, batch: int, hashes: tuple[str, ...]) -> None:
        self.columns = (*hashes, BATCH, LINE, *(column.name for column in spec.columns))
        self._batch = batch
        self._sized = dict.fromkeys(hashes, f"V{HASH_BYTES}") | {BATCH: ">i8", LINE: ">i8"}
        self._listed: dict[str, _Texts] = {}
        for column in spec.columns:
            if isinstance(column, NumberColumn):
                self._sized[column.name] = ">f8"
            elif isinstance(column, DatetimeColumn):
                self._sized[column.name] = ">i8"
            elif (values := _listed_values(column)) is not None:
                self._listed[column.name] = _texts(values)

    def encode(self, rows: Rows, hashes: Hashes) -> Iterator[bytes]:
        """Yields the rows with these hashes, formatted, some at a time."""
        texts = self._listed | {
            name: _texts([label.encode() for label in values.labels])
            for name, values in rows.columns.items()
            if isinstance(values, OpenLabels)
        }
        row = self._row(texts)
        step = max(1, PIECE_BYTES // row.dtype.itemsize)
        for start in range(0, len(rows), step):
            part = slice(start, start + step)
            some = {name: each[part] for name, each in hashes.items()}
            yield _piece(rows.part(part), some, row, texts)

    def _row(self, texts: dict[str, _Texts]) -> NDArray[np.void]:
        """Makes one row with what is the same in all of them."""
        layout = [(_FIELDS, ">i2")]
        for name in self.columns:
            if name in texts:
                layout.append((name, texts[name][0].dtype.str))
            else:
                layout += [(_size(name), ">i4"), (name, self._sized[name])]
        row = np.zeros(1, np.dtype(layout))
        row[_FIELDS] = len(self.columns)
        row[BATCH] = self._batch
        for name, kind in self._sized.items():
            row[_size(name)] = np.dtype(kind).itemsize
        return row


def _piece(rows: Rows, hashes: Hashes, row: NDArray[np.void], texts: dict[str, _Texts]) -> bytes:
    packed = np.repeat(row, len(rows))
    kept = np.ones(packed.nbytes, np.bool_)
    there = kept.view(_untyped(row.dtype))
    for name, each in hashes.items():
        packed[name] = each
    packed[LINE] = rows.lines
    for name, values in rows.columns.items():
        if name in texts:
            fields, lengths = texts[name]
            codes = values.codes if isinstance(values, OpenLabels) else values
            packed[name] = fields[codes]
            there[name] = lengths[codes]
            continue
        stored, missing = _stored(values)
        packed[name] = stored
        if missing.any():
            packed[_size(name)][missing] = _NULL
            there[name][missing] = np.void(bytes(8))
    return packed.view(np.uint8)[kept].tobytes()


def _stored(values: Values) -> tuple[Values, Mask]:
    """Returns what the server stores of numbers or moments, and which are missing."""
    assert isinstance(values, np.ndarray)
    if values.dtype == np.float64:
        return values, np.isnan(values)
    missing = np.equal(values, MISSING_MOMENT)
    return np.where(missing, 0, values - _EPOCH), missing


def _listed_values(column: AnyColumn) -> list[bytes] | None:
    """Returns the bytes of what the codes of a column stand for; None where it has no own codes."""
    if isinstance(column, BooleanColumn):
        return [b"\0", b"\1"]
    if isinstance(column, CategoryColumn) and column.labels:
        return [label.encode() for label in column.labels]
    return None


def _texts(values: Sequence[bytes]) -> _Texts:
    """Returns the fields of values that have the codes 1, 2 and so on."""
    fields = [_NULL.to_bytes(4, "big", signed=True)]
    fields += [len(value).to_bytes(4, "big") + value for value in values]
    width = max(map(len, fields))
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
