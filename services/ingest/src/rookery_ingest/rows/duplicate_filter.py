"""The duplicate filter: which rows of a batch may equal an earlier one of it.

A Bloom filter (B. H. Bloom, Space/time trade-offs in hash coding with allowable errors, 1970) of
fixed size, with one bit for a row, since a row is hashed already. Of a million rows it wrongly
reports seven in a thousand, of ten million seven in a hundred; the database then tells for sure.
"""

import numpy as np
from numpy.typing import NDArray

from rookery_ingest.rows.values import Mask

BITS = 2**26
"""The size of the filter: 8 MiB."""


class DuplicateFilter:
    """Remembers the rows seen so far."""

    def __init__(self) -> None:
        self._bytes = np.zeros(BITS // 8, np.uint8)

    def may_repeat(self, hashes: NDArray[np.uint64]) -> Mask:
        """Tells which of these rows may repeat an earlier one: all that do, and a few that don't.

        The hashes are of the rows' content, in the order of the source.
        """
        places = (hashes % BITS).astype(np.int64)
        bytes_, bits = places >> 3, np.left_shift(1, places & 7).astype(np.uint8)
        seen: Mask = (self._bytes[bytes_] & bits) != 0
        np.bitwise_or.at(self._bytes, bytes_, bits)
        return np.logical_or(seen, _later(hashes))


def _later(values: NDArray[np.uint64]) -> Mask:
    """Tells which of the values stand earlier among them too."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    later = np.zeros(len(values), np.bool_)
    later[order[1:]] = ordered[1:] == ordered[:-1]
    return later
