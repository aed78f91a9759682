"""The hashes of a row: what it is known by, what it holds, and what its side belongs to."""

import numpy as np
from numpy.typing import NDArray

from rookery_core.database.tables import CONTENT, IDENTITY, ROW_ID, has_identity
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.rows.row_hash import RowHasher
from rookery_ingest.rows.rows import Rows

Hashes = dict[str, NDArray[np.void]]
"""By the name of their column, the hashes of rows."""


class RowHashes:
    """Makes all hashes of the rows of a spec."""

    def __init__(self, spec: ModelSpec) -> None:
        whole = tuple(column.name for column in spec.columns)
        self._hashers = {ROW_ID: RowHasher(spec, spec.key or whole)}
        if spec.spec == 2 and spec.key:
            self._hashers[CONTENT] = RowHasher(spec, whole)
        if has_identity(spec):
            # Salted: sides are dealt in the order of these hashes.
            _, names = spec.sides
            self._hashers[IDENTITY] = RowHasher(spec, names, spec.holdout.salt)

    @property
    def columns(self) -> tuple[str, ...]:
        """Returns the names of the hashes' columns."""
        return tuple(self._hashers)

    def of(self, rows: Rows) -> Hashes:
        """Returns all hashes of these rows."""
        return {name: hasher.hash(rows) for name, hasher in self._hashers.items()}
