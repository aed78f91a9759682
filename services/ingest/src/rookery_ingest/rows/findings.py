"""Findings: what is worth knowing of a batch's rows, though none of them is bad for it.

All of it is said at once, so that nobody mends one thing after the other.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rookery_core.spec.columns import NumberColumn
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.rows.rows import Rows
from rookery_ingest.rows.values import MISSING_CODE, MISSING_MOMENT, OpenLabels, Values

_LOST = "\ufffd"
"""What programs write for bytes that are no text to them, such as Helm's `--set-file`."""


class Findings:
    """Collects what is found in rows, some at a time."""

    def __init__(self, spec: ModelSpec) -> None:
        self.out_of_range: Counter[str] = Counter()
        """Numbers that were loaded though they are out of the range, by column."""
        self.without_target = 0
        """Rows without a target; they are loaded, and not trained on."""
        self.lost_characters = 0
        """Records with a character that was lost before: somebody saved the file as what it was
        not."""
        self._target = spec.target
        self._ranges = {
            column.name: column.range
            for column in spec.columns
            if isinstance(column, NumberColumn)
            and column.range is not None
            and column.out_of_range == "warn"
        }

    def add(self, rows: Rows) -> None:
        """Looks at more rows."""
        for name, (low, high) in self._ranges.items():
            values = rows.columns[name]
            assert isinstance(values, np.ndarray)
            outside = int(np.count_nonzero((values < low) | (values > high)))
            if outside:
                self.out_of_range[name] += outside
        known = _known(rows.columns[self._target])
        self.without_target += len(rows) - len(known)

    def look_at(self, texts: Sequence[str]) -> None:
        """Looks at the texts of more records, good or bad."""
        self.lost_characters += sum(_LOST in text for text in texts)

    def sentences(self) -> list[str]:
        """Says what was found and what to do about it."""
        said = []
        if self.out_of_range:
            told = ", ".join(
                f"{name} ({count})" for name, count in sorted(self.out_of_range.items())
            )
            said.append(f"numbers out of the range were loaded, as out_of_range: warn says: {told}")
        if self.without_target:
            said.append(
                f"{self.without_target} rows have no {self._target!r}: they are loaded and not "
                "trained on"
            )
        if self.lost_characters:
            said.append(
                f"{self.lost_characters} records hold {_LOST!r} (U+FFFD), which stands for "
                "characters that were lost when the file was saved or sent in another encoding; "
                "bring the original"
            )
        return said


def _known(values: Values) -> NDArray[np.generic]:
    """Returns the values that are not missing."""
    array: NDArray[np.generic] = values.codes if isinstance(values, OpenLabels) else values
    if array.dtype == np.float64:
        there = ~np.isnan(array)
    else:
        there = array != (MISSING_MOMENT if array.dtype == np.int64 else MISSING_CODE)
    known: NDArray[np.generic] = array[there]
    return known
