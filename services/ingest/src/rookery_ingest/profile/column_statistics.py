"""Statistics of one column, over all rows, in bounded memory."""

from collections import Counter

from rookery_ingest.profile.cell_tally import CellTally

FEW = 2_000
"""Distinct cells up to which each is counted."""


class ColumnStatistics:
    """Counts each distinct cell while there are few, and their tally afterwards."""

    def __init__(self, header: str) -> None:
        self.header = header
        self._counts: Counter[str] | None = Counter()
        self._tally = CellTally()

    def add(self, cells: list[str]) -> None:
        """Counts the cells of some rows."""
        if self._counts is None:
            self._tally.add(cells)
            return
        self._counts.update(cells)
        if len(self._counts) > FEW:
            self._tally.add(self._counts)
            self._counts = None

    def done(self) -> "tuple[CellTally, Counter[str] | None]":
        """Returns the tally of all cells, and the rows by cell where few are distinct."""
        if self._counts is None:
            return self._tally, None
        tally = CellTally()
        tally.add(self._counts)
        return tally, self._counts
