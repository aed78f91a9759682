"""The identity of rows: a hash of their canonical content.

Canonical is the value, not its spelling: 39.1 and 3.910e1 are one number, `male` and `MALE ` one
label. A hash has 128 bits of BLAKE2b (RFC 7693), so two of a billion rows agree by accident with a
chance below 1e-20.
"""

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from rookery_core.columns import CategoryColumn
from rookery_core.spec import ModelSpec
from rookery_ingest.rows import Rows

SIZE = 16
"""Bytes of an identity."""


class Identity:
    """Computes the identities of a spec's rows."""

    def __init__(self, spec: ModelSpec) -> None:
        # By name: the order of columns in a spec or a file says nothing about a row.
        columns = sorted((spec.column(name) for name in _identifying(spec)), key=lambda c: c.name)
        self._names = [column.name for column in columns]
        self._labels = {
            column.name: _label_table(column.values)
            for column in columns
            if isinstance(column, CategoryColumn)
        }
        self._seed = blake2b("\0".join(self._names).encode(), digest_size=SIZE)

    def of(self, rows: Rows) -> bytes:
        """The identities of the rows, `SIZE` bytes each, one after the other."""
        content = np.concatenate([self._bytes(rows, name) for name in self._names], axis=1)
        width = content.shape[1]
        packed = content.tobytes()
        seeded = self._seed.copy
        hashes = []
        for start in range(0, len(packed), width):
            row = seeded()
            row.update(packed[start : start + width])
            hashes.append(row.digest())
        return b"".join(hashes)

    def _bytes(self, rows: Rows, name: str) -> NDArray[np.uint8]:
        """A column as bytes, as many for each row; a missing number is the one NaN there is."""
        values = rows.columns[name]
        if name in self._labels:
            return self._labels[name][values]
        return values.astype(">f8").view(np.uint8).reshape(len(values), 8)


def _identifying(spec: ModelSpec) -> tuple[str, ...]:
    return spec.key or tuple(column.name for column in spec.columns)


def _label_table(labels: tuple[str, ...]) -> NDArray[np.uint8]:
    """Codes to bytes: a label's own hash, so that a label added to a spec changes no other."""
    hashes = [
        bytes(SIZE),
        *(blake2b(label.encode(), digest_size=SIZE).digest() for label in labels),
    ]
    return np.frombuffer(b"".join(hashes), np.uint8).reshape(len(hashes), SIZE)
