"""Findings: what is worth knowing of a batch's rows, though none of them is bad.

All of it is said at once, so that nobody mends one thing after the other.
"""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from rookery_core.spec.columns import NumberColumn
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.parsing.header import listed
from rookery_ingest.rows.rows import Rows
from rookery_ingest.rows.values import MISSING_CODE, MISSING_MOMENT, OpenLabels, Values

Known = float | str | None
"""A value that stands for a column's; None while all were missing."""


class Findings:
    """Collects what is found in rows, some at a time."""

    def __init__(self, spec: ModelSpec) -> None:
        self.out_of_range: Counter[str] = Counter()
        """Numbers that were loaded though they are out of the range, by column."""
        self.without_target = 0
        """Rows without a target; they are loaded, and not trained on."""
        self._target = spec.target
        self._targets = "classes" if spec.task == "classification" else "numbers"
        self._ranges = {
            column.name: column.range
            for column in spec.columns
            if isinstance(column, NumberColumn)
            and column.range is not None
            and column.out_of_range == "warn"
        }
        self._same: dict[str, Known] = dict.fromkeys((*spec.features, spec.target))
        """The columns that have shown one value at most, with that value."""

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
        for name in list(self._same):
            self._compare(name, rows.columns[name])

    def _compare(self, name: str, values: Values) -> None:
        known = _known(values)
        if not len(known):
            return
        low = known.min().item()
        if low != known.max().item():
            del self._same[name]
            return
        value = values.labels[low - 1] if isinstance(values, OpenLabels) else low
        if self._same[name] in {None, value}:
            self._same[name] = value
        else:
            del self._same[name]

    def sentences(self, *, is_whole: bool) -> list[str]:
        """Says what was found and what to do about it.

        `is_whole`: the rows are all of their batch, so that what all of them share may be said.
        """
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
        if is_whole and self._target in self._same:
            said.append(
                f"all rows have the same {self._target!r}, or none: a model needs two "
                f"{self._targets}"
            )
        empty = [name for name, value in self._features() if value is None]
        constant = [name for name, value in self._features() if value is not None]
        for names, what in ((empty, "no value in any row"), (constant, "one value in all rows")):
            if names and is_whole:
                said.append(f"{what}: {listed(names)}; leave them out of features")
        return said

    def _features(self) -> list[tuple[str, Known]]:
        return [pair for pair in self._same.items() if pair[0] != self._target]


def _known(values: Values) -> NDArray[np.generic]:
    """Returns the values that are not missing."""
    array: NDArray[np.generic] = values.codes if isinstance(values, OpenLabels) else values
    if array.dtype == np.float64:
        there = ~np.isnan(array)
    else:
        there = array != (MISSING_MOMENT if array.dtype == np.int64 else MISSING_CODE)
    known: NDArray[np.generic] = array[there]
    return known
