"""Typed rows in COPY's binary format, many at once.

Each row is laid out as wide as the widest possible one; then the unused bytes are left out.
The values of an array are written as fields are, after a head of its own (`array_recv` in
PostgreSQL's `arrayfuncs.c`).
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Boolean, DateTime, Double, Text

from rookery_core.database.packs import Pack, own_columns, packs
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
from rookery_ingest.rows.text_fields import NULL_SIZE, TextFields, text_fields, untyped
from rookery_ingest.rows.values import MISSING_MOMENT, Mask, OpenLabels, Values

PIECE_BYTES = 1024 * 1024
"""How many bytes of rows are laid out at a time."""
_FIELDS = " fields"
"""The field with the number of fields of a row; no column of a spec has a space in its name."""
_HEAD = np.dtype(
    [(name, ">i4") for name in ("size", "dimensions", "flags", "type", "values", "from")]
)
"""What an array begins with."""
_EPOCH = 946_684_800_000_000
"""Microseconds from 1970 to 2000, from which PostgreSQL counts."""


class RowFormat:
    """Formats the rows of one batch."""

    def __init__(self, spec: ModelSpec, batch: int, hashes: tuple[str, ...]) -> None:
        self._packs = packs(spec)
        own = [*hashes, BATCH, LINE, *(column.name for column in own_columns(spec))]
        self._own = own
        self.columns = (*own, *(pack.name for pack in self._packs))
        self._batch = batch
        self._sized = dict.fromkeys(hashes, f"V{HASH_BYTES}") | {BATCH: ">i8", LINE: ">i8"}
        self._listed: dict[str, TextFields] = {}
        for column in spec.columns:
            if isinstance(column, NumberColumn):
                self._sized[column.name] = ">f8"
            elif isinstance(column, DatetimeColumn):
                self._sized[column.name] = ">i8"
            elif (values := _listed_values(column)) is not None:
                self._listed[column.name] = text_fields(values)

    def encode(self, rows: Rows, hashes: Hashes) -> Iterator[bytes]:
        """Yields the rows with these hashes, formatted, some at a time."""
        texts = self._listed | {
            name: text_fields([label.encode() for label in values.labels])
            for name, values in rows.columns.items()
            if isinstance(values, OpenLabels)
        }
        row = self._row(texts)
        step = max(1, PIECE_BYTES // row.dtype.itemsize)
        for start in range(0, len(rows), step):
            part = slice(start, start + step)
            some = {name: each[part] for name, each in hashes.items()}
            yield _piece(rows.part(part), some, row, texts, self._packs)

    def _row(self, texts: dict[str, TextFields]) -> NDArray[np.void]:
        """Makes one row with what is the same in all of them."""
        layout: list[tuple[str, str | np.dtype[np.void]]] = [(_FIELDS, ">i2")]

        def lay(names: Iterable[str]) -> None:
            for name in names:
                if name in texts:
                    layout.append((name, texts[name][0].dtype.str))
                else:
                    layout.extend([(_size(name), ">i4"), (name, self._sized[name])])

        lay(self._own)
        for pack in self._packs:
            layout.append((pack.name, _HEAD))
            lay(column.name for column in pack.columns)
        row = np.zeros(1, np.dtype(layout))
        row[_FIELDS] = len(self.columns)
        row[BATCH] = self._batch
        for pack in self._packs:
            head = row[pack.name]
            head["dimensions"], head["from"] = 1, 1
            head["type"], head["values"] = _type_number(pack), len(pack.columns)
        for name, kind in self._sized.items():
            row[_size(name)] = np.dtype(kind).itemsize
        return row


def _piece(
    rows: Rows,
    hashes: Hashes,
    row: NDArray[np.void],
    texts: dict[str, TextFields],
    arrays: tuple[Pack, ...],
) -> bytes:
    packed = np.repeat(row, len(rows))
    kept = np.ones(packed.nbytes, np.bool_)
    there = kept.view(untyped(row.dtype))
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
            packed[_size(name)][missing] = NULL_SIZE
            there[name][missing] = np.void(bytes(8))
    for pack in arrays:
        packed[pack.name]["size"] = _sizes(kept.reshape(len(rows), -1), row.dtype, pack)
    return packed.view(np.uint8)[kept].tobytes()


def _sizes(kept: Mask, layout: np.dtype[np.void], pack: Pack) -> NDArray[np.intp]:
    """Returns how many bytes the array of each row has, after its size."""
    assert layout.fields is not None
    begin = layout.fields[pack.name][1] + 4
    last = layout.fields[pack.columns[-1].name]
    sizes: NDArray[np.intp] = kept[:, begin : last[1] + last[0].itemsize].sum(axis=1)
    return sizes


def _type_number(pack: Pack) -> int:
    """Returns PostgreSQL's number of the type of an array's values (`pg_type.dat`)."""
    if isinstance(pack.type, DateTime):
        return 1184 if pack.type.timezone else 1114
    return {Double: 701, Text: 25, Boolean: 16}[type(pack.type)]


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


def _size(name: str) -> str:
    """Names the field with a column's size; no column of a spec has a space in its name."""
    return f"{name} size"
