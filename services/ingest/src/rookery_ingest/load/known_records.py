"""Which records of a source an earlier batch holds already, word for word.

Only hashes are kept: 16 bytes of SHA-256, which the database computes alike.
"""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

HASH_BYTES = 16
NONE = -1


def hashes_of(texts: Sequence[str]) -> NDArray[np.void]:
    """Returns the hash of each text."""
    joined = b"".join([sha256(text.encode()).digest()[:HASH_BYTES] for text in texts])
    return np.frombuffer(joined, f"V{HASH_BYTES}")


class KnownRecords:
    """The records of a batch, each of which can be found once."""

    def __init__(self, hashes: NDArray[np.void]) -> None:
        halves = hashes.view(">u8").astype(np.uint64).reshape(len(hashes), 2)
        self._order = np.argsort(halves[:, 0], kind="stable")
        self._halves = halves[self._order]
        self._groups, self._starts = np.unique(self._halves[:, 0], return_index=True)
        self._ends = np.append(self._starts[1:], len(hashes))
        self._used = np.zeros(len(self._groups), np.int64)
        self._found = np.zeros(len(hashes), np.bool_)

    @property
    def left(self) -> NDArray[np.intp]:
        """Returns the positions of the records that were not found yet."""
        return np.flatnonzero(~self._found)

    def find(self, hashes: NDArray[np.void]) -> NDArray[np.intp]:
        """Returns for each hash [N] the position of a record with it; `NONE` where none is left.

        Equal ones are found in their order.
        """
        places = np.full(len(hashes), NONE, np.intp)
        if not len(self._groups):
            return places
        halves = hashes.view(">u8").astype(np.uint64).reshape(len(hashes), 2)
        groups = np.searchsorted(self._groups, halves[:, 0])
        groups[groups == len(self._groups)] = 0
        known = np.flatnonzero(self._groups[groups] == halves[:, 0])
        of = groups[known]
        at = self._starts[of] + self._used[of] + _earlier(of)
        np.add.at(self._used, of, 1)
        is_left = at < self._ends[of]
        known, at = known[is_left], at[is_left]
        # Two hashes whose first halves agree by accident: the record counts as another one.
        same = self._halves[at, 1] == halves[known, 1]
        known, positions = known[same], self._order[at[same]]
        self._found[positions] = True
        places[known] = positions
        return places


def _earlier(values: NDArray[np.intp]) -> NDArray[np.intp]:
    """Returns for each value how many equal ones stand before it."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    is_first = np.ones(len(values), np.bool_)
    is_first[1:] = ordered[1:] != ordered[:-1]
    starts = np.maximum.accumulate(np.where(is_first, np.arange(len(values)), 0))
    counts = np.empty(len(values), np.intp)
    counts[order] = np.arange(len(values)) - starts
    return counts
