"""Statistics of one column, over all rows, in bounded memory."""

from collections import Counter

from rookery_ingest.profile.cell_tally import CellTally

MOST = 10_000
"""Distinct cells of a column up to which each is counted: the most classes that a target has."""
_LEAST = 200
_OF_ALL = 500_000
"""Distinct cells of all columns that are counted at most, but for `_LEAST` of each."""


def few(width: int) -> int:
    """Returns how many distinct cells of each column are counted in a table of that width."""
    return max(_LEAST, min(MOST, _OF_ALL // width))


class ColumnStatistics:
    """Counts each distinct cell while there are few, and their tally afterwards."""

    def __init__(self, header: str, most: int) -> None:
        self.header = header
        self._most = most
        self._counts: Counter[str] | None = Counter()
        self._tally = CellTally()

    def add(self, cells: list[str]) -> None:
        """Counts the cells of some rows."""
        if self._counts is None:
            self._tally.add(cells)
            return
        self._counts.update(cells)
        if len(self._counts) > self._most:
            self._tally.add(self._counts)
            self._counts = None

    def done(self) -> "tuple[CellTally, Counter[str] | None]":
        """Returns the tally of all cells, and the rows by cell where few are distinct."""
        if self._counts is None:
            return self._tally, None
        tally = CellTally()
        tally.add(self._counts)
        return tally, self._counts
