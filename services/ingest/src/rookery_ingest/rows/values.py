"""Values of a column as arrays: what the rows of a chunk hold."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MISSING_CODE = 0
"""The code of a missing label; the first label of a column has 1."""
MISSING_MOMENT = int(np.iinfo(np.int64).min)
"""Stands for a missing moment among microseconds."""
TRUTHS = ("false", "true")
"""What the codes of a boolean column stand for, in their order."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class OpenLabels:
    """Labels that no spec lists: a code for each row, and what the codes of this chunk mean."""

    codes: NDArray[np.int32]
    labels: tuple[str, ...]
    """The label of code 1, of code 2, and so on."""

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, which: slice | Mask) -> "OpenLabels":
        return OpenLabels(self.codes[which], self.labels)


Values = NDArray[np.float64] | NDArray[np.int16] | NDArray[np.int64] | OpenLabels
"""A column: numbers, NaN where missing; codes of labels or truth values, `MISSING_CODE` where
missing; or microseconds since 1970, of UTC where the column has a zone, `MISSING_MOMENT` where
missing."""
