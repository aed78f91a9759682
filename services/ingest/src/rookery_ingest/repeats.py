"""Repeats: which rows of a batch may equal one before them.

A Bloom filter (B. H. Bloom, Space/time trade-offs in hash coding with allowable errors, 1970) of
fixed size, with one place for a row: an identity is a hash already. Of a million rows it takes
seven in a thousand for a repeat that is none, of ten million seven in a hundred; whether one is,
the database says.
"""

import numpy as np
from numpy.typing import NDArray

from rookery_ingest.rows import Mask

BITS = 2**26
"""The size of the filter: 8 MiB."""


class Repeats:
    """The rows seen so far."""

    def __init__(self) -> None:
        self._bytes = np.zeros(BITS // 8, np.uint8)

    def among(self, hashes: NDArray[np.uint64]) -> Mask:
        """Which of these rows may be repeats: every one that is, and few that are not.

        The hashes are of the rows' content, in the order of the source.
        """
        places = (hashes % BITS).astype(np.int64)
        bytes_, bits = places >> 3, np.left_shift(1, places & 7).astype(np.uint8)
        seen: Mask = (self._bytes[bytes_] & bits) != 0
        np.bitwise_or.at(self._bytes, bytes_, bits)
        return np.logical_or(seen, _later(hashes))


def _later(values: NDArray[np.uint64]) -> Mask:
    """Which of the values stand there once before."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    later = np.zeros(len(values), np.bool_)
    later[order[1:]] = ordered[1:] == ordered[:-1]
    return later
