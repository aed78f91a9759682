"""Statistics of a table: those of each column, and a sample of rows, of one pass over the file."""

from collections import Counter
from dataclasses import dataclass

from rookery_ingest.profile.cell_tally import CellTally
from rookery_ingest.profile.column_statistics import MOST, ColumnStatistics, few
from rookery_ingest.profile.row_sample import RowSample
from rookery_ingest.profile.table_file import TableFile

_SHOWN = 3


@dataclass(frozen=True)
class ColumnFacts:
    """What all cells of a column are like."""

    header: str
    rows: int
    tally: CellTally
    counts: Counter[str] | None
    """Rows by cell, where few are distinct."""
    sample: list[str]
    """Cells of the sampled rows."""

    @property
    def missing(self) -> int:
        """Returns how many cells usually mean "missing"."""
        return sum(self.tally.missing.values())

    @property
    def known(self) -> int:
        """Returns how many cells hold something."""
        return self.rows - self.missing


@dataclass(frozen=True)
class TableFacts:
    """What a whole file is like."""

    columns: list[ColumnFacts]
    rows: int
    """Those of the header's width."""
    faults: list[tuple[int, str]]
    """Lines of the first other records, and why they are no rows."""
    fault_count: int


def table_facts(table: TableFile, target: int) -> TableFacts:
    """Reads the whole file once; `target` is the position of the column of classes."""
    most = few(len(table.header))
    statistics = [
        ColumnStatistics(header, MOST if position == target else most)
        for position, header in enumerate(table.header)
    ]
    sample = RowSample(len(statistics))
    rows, fault_count = 0, 0
    faults: list[tuple[int, str]] = []
    for chunk in table.chunks():
        fault_count += len(chunk.faults)
        faults += chunk.faults[: _SHOWN - len(faults)]
        if not chunk.columns or not chunk.columns[0]:
            continue
        rows += len(chunk.columns[0])
        for column, cells in zip(statistics, chunk.columns, strict=True):
            column.add(cells)
        sample.add(chunk.columns)
    columns = [
        ColumnFacts(column.header, rows, *column.done(), cells)
        for column, cells in zip(statistics, sample.columns, strict=True)
    ]
    return TableFacts(columns, rows, faults, fault_count)
