"""A table whose columns are read one at a time, so that all of them are never in memory at once."""

from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray


class Table(Protocol):
    """Rows with columns by name: a frame, or files."""

    def __len__(self) -> int:
        """Counts the rows."""

    def __getitem__(self, name: Any, /) -> Any:
        """Reads one column, with an index of 0 to N - 1."""


class SelectedRows:
    """Some rows of a table."""

    def __init__(self, table: Table, chosen: NDArray[np.bool_]) -> None:
        self._table = table
        self._positions = np.flatnonzero(chosen)

    def __len__(self) -> int:
        return len(self._positions)

    def __getitem__(self, name: str) -> pd.Series:
        """Reads one column of the selected rows."""
        cells: pd.Series = self._table[name]
        return cells.iloc[self._positions].reset_index(drop=True)
