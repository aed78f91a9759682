"""The row hash: a row is known by a hash of its canonical content.

Canonical is the value, not its spelling: 39.1 and 3.910e1 are one number, `male` and `MALE ` one
label, 12:00+02:00 and 10:00Z one moment. A hash is 128 bits of BLAKE2b (RFC 7693): the chance that
two given rows of a billion agree by accident is below 1e-20.
"""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from rookery_core.spec.columns import AnyColumn, BooleanColumn, CategoryColumn
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.rows.rows import Rows
from rookery_ingest.rows.values import TRUTHS, OpenLabels

HASH_BYTES = 16
"""Bytes of a row's hash."""


class RowHasher:
    """Hashes these columns of the rows of a spec; all columns where none is named."""

    def __init__(self, spec: ModelSpec, names: Iterable[str] = (), salt: str = "") -> None:
        # By name: the order of columns in a spec or a file says nothing about a row.
        columns = sorted(map(spec.column, names) if names else spec.columns, key=lambda c: c.name)
        self._names = [column.name for column in columns]
        self._labels = {
            column.name: _label_table(labels)
            for column in columns
            if (labels := _listed_labels(column)) is not None
        }
        self._seed = blake2b(
            "\0".join([*self._names, *([salt] if salt else [])]).encode(), digest_size=HASH_BYTES
        )

    def hash(self, rows: Rows) -> NDArray[np.void]:
        """Returns the hash of each row, of `HASH_BYTES` bytes."""
        content = np.concatenate([self._bytes(rows, name) for name in self._names], axis=1)
        width = content.shape[1]
        packed = content.tobytes()
        seeded = self._seed.copy
        hashes = []
        for start in range(0, len(packed), width):
            row = seeded()
            row.update(packed[start : start + width])
            hashes.append(row.digest())
        return np.frombuffer(b"".join(hashes), f"V{HASH_BYTES}")

    def _bytes(self, rows: Rows, name: str) -> NDArray[np.uint8]:
        """Returns a column as bytes, equally many for each row; all missing numbers are one NaN."""
        values = rows.columns[name]
        if isinstance(values, OpenLabels):
            return _label_table(values.labels)[values.codes]
        if name in self._labels:
            return self._labels[name][values]
        kind = ">f8" if values.dtype == np.float64 else ">i8"
        return values.astype(kind).view(np.uint8).reshape(len(values), 8)


def _listed_labels(column: AnyColumn) -> tuple[str, ...] | None:
    """Returns what the codes of a column stand for; None where it has no codes of its own."""
    if isinstance(column, BooleanColumn):
        return TRUTHS
    return column.labels if isinstance(column, CategoryColumn) and column.labels else None


def _label_table(labels: tuple[str, ...]) -> NDArray[np.uint8]:
    """Maps codes to bytes. A label has its own hash: adding a label to a spec changes no other."""
    hashes = [
        bytes(HASH_BYTES),
        *(blake2b(label.encode(), digest_size=HASH_BYTES).digest() for label in labels),
    ]
    return np.frombuffer(b"".join(hashes), np.uint8).reshape(len(hashes), HASH_BYTES)
