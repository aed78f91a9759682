"""Sums of the hashes of rows, of which a content digest is made."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Sums = tuple[int, int]
"""The sums of the halves of rows' hashes."""
NO_SUMS: Sums = (0, 0)
LANES = 2**64
"""A digest is two sums modulo this, over the two halves of the rows' hashes."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Some rows: how many they are, and the sums of the hashes of their content."""

    count: int = 0
    sums: Sums = NO_SUMS

    def plus(self, more: "Moved") -> "Moved":
        """Returns these rows and more."""
        return Moved(self.count + more.count, added(self.sums, more.sums))

    def minus(self, fewer: "Moved") -> "Moved":
        """Returns these rows without some."""
        return Moved(self.count - fewer.count, added(self.sums, negative(fewer.sums)))


NO_ROWS = Moved()


def added(one: Sums, other: Sums) -> Sums:
    """Adds sums, half by half."""
    return (one[0] + other[0]) % LANES, (one[1] + other[1]) % LANES


def negative(sums: Sums) -> Sums:
    """Returns what takes the rows with these sums away."""
    return -sums[0] % LANES, -sums[1] % LANES


def halves(hashes: NDArray[np.void]) -> NDArray[np.uint64]:
    """Returns the two halves [N, 2] of hashes [N] as numbers."""
    return hashes.view(">u8").astype(np.uint64).reshape(len(hashes), 2)


def digest(before: str, sums: Sums) -> str:
    """Adds the hashes of more rows to a content digest, half by half; `""` is that of no rows."""
    then = (int(before[:16] or "0", 16), int(before[16:] or "0", 16))
    return "".join(f"{half:016x}" for half in added(then, sums))
