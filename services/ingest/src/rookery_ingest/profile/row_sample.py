"""A sample of rows: drawn from the whole file, in their order, in bounded memory."""

from collections.abc import Sequence
from itertools import compress

import numpy as np

MAX_CELLS = 500_000
"""Cells that are kept at most."""


class RowSample:
    """Keeps every row until there are too many, then each with half the chance, and so on."""

    def __init__(self, width: int) -> None:
        self.columns: list[list[str]] = [[] for _ in range(width)]
        """The rows that were kept, as columns."""
        self._most = max(64, MAX_CELLS // max(1, width))
        # Not of security: the same file gives the same sample.
        self._random = np.random.default_rng(0)
        self._drawn = np.empty(0)
        """Of each row that was kept, a random number below the chance."""
        self._chance = 1.0

    def add(self, columns: Sequence[list[str]]) -> None:
        """Offers rows, as columns of equal length."""
        drawn = self._random.random(len(columns[0]))
        chosen = drawn < self._chance
        places = np.flatnonzero(chosen).tolist()
        for kept, cells in zip(self.columns, columns, strict=True):
            kept.extend([cells[place] for place in places])
        self._drawn = np.concatenate((self._drawn, drawn[chosen]))
        while len(self._drawn) > self._most:
            self._chance /= 2
            chosen = self._drawn < self._chance
            self.columns = [list(compress(cells, chosen)) for cells in self.columns]
            self._drawn = self._drawn[chosen]
