"""The rows by which a model is judged: their true answers, and which rows are alike."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rookery_trainer.data.rows import Rows


@dataclass(frozen=True)
class JudgedRows:
    """Rows by which a model is judged."""

    truth: NDArray[np.generic]
    """[N] class indices, or numbers where `classes` is 0."""
    classes: int
    strata: NDArray[np.intp]
    """[N] the fit that answered each row, from 0: rows of one are compared with each other."""
    groups: NDArray[np.intp] | None = None
    """[N] the number of each row's group, whose rows resemble each other."""
    moments: NDArray[np.int64] | None = None
    """[N] the time of each row: neighbours resemble each other."""
    weights: NDArray[np.float64] | None = None
    """[N] how much each row counts in mean losses; all alike where None."""

    def __len__(self) -> int:
        return len(self.truth)

    def take(self, chosen: NDArray[np.bool_]) -> "JudgedRows":
        """Selects rows."""
        return JudgedRows(
            self.truth[chosen],
            self.classes,
            self.strata[chosen],
            None if self.groups is None else self.groups[chosen],
            None if self.moments is None else self.moments[chosen],
            None if self.weights is None else self.weights[chosen],
        )


def of_one_fit(
    truth: NDArray[np.generic],
    classes: int,
    groups: NDArray[np.intp] | None = None,
    moments: NDArray[np.int64] | None = None,
    weights: NDArray[np.float64] | None = None,
) -> JudgedRows:
    """Makes rows that one fit answered, as those of a hold-out."""
    strata = np.zeros(len(truth), dtype=np.intp)
    return JudgedRows(truth, classes, strata, groups, moments, weights)


def truth_of(rows: Rows) -> NDArray[np.generic]:
    """Returns the truth [N] of each row: the index of its class, or its number."""
    return rows.labels if rows.values is None else rows.values
