"""A tally of numbers: what a column's numbers are like, in bounded memory."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rookery_ingest.profile.distinct_count import DistinctCount


@dataclass
class NumberTally:
    """Bounds, and how many are distinct."""

    low: float = np.inf
    high: float = -np.inf
    whole: bool = True
    distinct: DistinctCount = field(default_factory=DistinctCount)

    def add(self, values: NDArray[np.float64]) -> None:
        """Counts numbers; there must be one at least."""
        self.low = min(self.low, float(values.min()))
        self.high = max(self.high, float(values.max()))
        if self.whole:
            self.whole = bool((np.floor(values) == values).all())
        self.distinct.add_numbers(values)

    def joined(self, other: "NumberTally") -> "NumberTally":
        """Returns the tally of the numbers of both."""
        return NumberTally(
            min(self.low, other.low),
            max(self.high, other.high),
            self.whole and other.whole,
            self.distinct.joined(other.distinct),
        )

    @property
    def largest(self) -> float:
        """Returns the largest magnitude."""
        return max(abs(self.low), abs(self.high))
