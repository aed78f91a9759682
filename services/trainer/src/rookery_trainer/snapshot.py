"""The snapshot a sweep is trained on: a model's rows as of one batch, parted for good."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame

from rookery_core.spec import ModelSpec


@dataclass(frozen=True)
class Rows:
    """Rows in the form in which the model sees them."""

    features: DataFrame
    """One column per feature, in the spec's order, index 0 to N - 1: float32 for a number (NaN
    where missing), str for a category (`rookery_core.manifest.MISSING_CATEGORY` where missing)."""
    labels: NDArray[np.intp]
    """[N] indices into the spec's classes."""
    keys: tuple[bytes, ...]
    """[N] row ids of the processed table."""

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(frozen=True)
class Snapshot:
    """What a sweep of `spec` reads, as of the batch `watermark`."""

    spec: ModelSpec
    watermark: int
    """The last batch whose rows are in the snapshot."""
    data_digest: str
    """The content digest of the model's processed rows as of that batch."""
    training: Rows
    """What trials are fitted and compared on."""
    holdout: Rows
    """What only the sweep's winner and the champion are scored on."""
