"""A count of distinct values in bounded memory: exact below `EXACT`, within 1 % above."""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

EXACT = 1 << 16
"""How many of the smallest hashes are kept."""
_LARGEST = int(np.iinfo(np.uint64).max)
Hashes = NDArray[np.uint64]


class DistinctCount:
    """Keeps the smallest hashes that it saw; their density tells how many there are.

    Bar-Yossef and others, "Counting distinct elements in a data stream" (RANDOM 2002).
    """

    def __init__(self) -> None:
        self._kept: Hashes = np.empty(0, np.uint64)
        self._waiting: list[Hashes] = []
        """Hashes that are still to be sorted in."""
        self._bound = _LARGEST

    def add_numbers(self, values: NDArray[np.float64]) -> None:
        """Counts numbers."""
        self._add(_mixed(values.view(np.uint64)))

    def add_texts(self, texts: Iterable[str]) -> None:
        """Counts texts."""
        digests = b"".join(
            blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in texts
        )
        self._add(np.frombuffer(digests, np.uint64))

    def joined(self, other: "DistinctCount") -> "DistinctCount":
        """Returns the count of the values of both."""
        both = DistinctCount()
        both._bound = min(self._bound, other._bound)
        both._add(self._hashes)
        both._add(other._hashes)
        return both

    @property
    def is_exact(self) -> bool:
        """Tells whether every distinct value was kept."""
        return len(self._hashes) < EXACT and self._bound == _LARGEST

    @property
    def count(self) -> int:
        """Returns how many distinct values there were, about where it is not exact."""
        kept = self._hashes
        if self.is_exact or not len(kept):
            return len(kept)
        return round((len(kept) - 1) / ((float(kept[-1]) + 1) / 2.0**64))

    def _add(self, hashes: Hashes) -> None:
        low = hashes[hashes <= self._bound]
        if len(low):
            self._waiting.append(low)
            if sum(map(len, self._waiting)) > EXACT:
                self._sort_in()

    @property
    def _hashes(self) -> Hashes:
        self._sort_in()
        return self._kept

    def _sort_in(self) -> None:
        if not self._waiting:
            return
        ordered = np.sort(np.concatenate((self._kept, *self._waiting)))
        self._waiting = []
        first = np.ones(len(ordered), np.bool_)
        first[1:] = ordered[1:] != ordered[:-1]
        self._kept = ordered[first]
        if len(self._kept) > EXACT:
            self._kept = self._kept[:EXACT].copy()
            self._bound = int(self._kept[-1])


def _mixed(bits: Hashes) -> Hashes:
    """Mixes the bits of each value (splitmix64, Steele and others, OOPSLA 2014)."""
    mixed = bits + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))
