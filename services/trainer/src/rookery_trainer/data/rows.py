"""Rows in the form in which a model sees them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pandas import DataFrame
from pyarrow import compute


@dataclass(frozen=True)
class Rows:
    """Rows in the form in which the model sees them."""

    features: DataFrame
    """The model's columns (`rookery_trainer.data.model_columns`), index 0 to N - 1: float32 for a
    number (NaN where missing), str for a category (`rookery_core.manifest.MISSING_CATEGORY` where
    missing)."""
    labels: NDArray[np.intp]
    """[N] indices into the spec's classes; all 0 where the target is a number."""
    keys: NDArray[np.void]
    """[N] row ids of the processed table, of equally many bytes."""
    groups: NDArray[np.intp] | None = None
    """[N] the number of each row's group, where the hold-out is by group."""
    moments: NDArray[np.int64] | None = None
    """[N] microseconds since 1970, where the hold-out is by time."""
    batches: NDArray[np.int64] | None = None
    """[N] the batch that brought each row, under `spec: 2`."""
    values: NDArray[np.float64] | None = None
    """[N] the target as the table has it, where it is a number."""
    weights: NDArray[np.float64] | None = None
    """[N] how much each row counts, above 0, where the spec names a weight."""

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def target_values(self) -> NDArray[np.float64]:
        """Returns `values` of rows whose target is a number."""
        assert self.values is not None
        return self.values

    def take(self, positions: NDArray[np.intp]) -> "Rows":
        """Selects the rows at these positions, in this order."""
        return Rows(
            features=self.features.iloc[positions].reset_index(drop=True),
            labels=self.labels[positions],
            keys=self.keys[positions],
            groups=None if self.groups is None else self.groups[positions],
            moments=None if self.moments is None else self.moments[positions],
            batches=None if self.batches is None else self.batches[positions],
            values=None if self.values is None else self.values[positions],
            weights=None if self.weights is None else self.weights[positions],
        )


def row_keys(ids: Iterable[bytes]) -> NDArray[np.void]:
    """Makes an array [N] of row ids, which have equally many bytes."""
    stored = pa.array(ids, pa.binary())
    if isinstance(stored, pa.ChunkedArray):
        stored = stored.combine_chunks()
    widths = np.unique(compute.binary_length(stored).to_numpy())
    if len(widths) > 1:
        raise ValueError(f"row ids of one table have equally many bytes, not {widths.tolist()}")
    width = int(widths[0]) if len(widths) else 1
    fixed = stored.cast(pa.binary(width))
    return np.frombuffer(fixed.buffers()[1], f"V{width}")[fixed.offset : fixed.offset + len(fixed)]
