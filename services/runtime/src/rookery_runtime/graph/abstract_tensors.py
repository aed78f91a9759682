"""Abstract tensors: the kind and shape of every tensor of a graph, before anything is computed.

A tensor either has the batch's rows as its first dimension, or none of its dimensions depends on
them. No operator mixes rows, so a size at the most rows bounds that at fewer.
"""

from dataclasses import dataclass, replace
from math import prod
from typing import Self

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from rookery_core.errors import Refused

FLOAT, DOUBLE = int(TensorProto.FLOAT), int(TensorProto.DOUBLE)
INT64, INT32 = int(TensorProto.INT64), int(TensorProto.INT32)
BOOL, STRING = int(TensorProto.BOOL), int(TensorProto.STRING)
SIZES = {FLOAT: 4, DOUBLE: 8, INT64: 8, INT32: 4, BOOL: 1, STRING: 64}
"""Bytes of an element, by kind; a string's is what the runtime needs for a short one."""
NUMBERS = frozenset({FLOAT, DOUBLE, INT64, INT32})
REALS = frozenset({FLOAT, DOUBLE})
MAX_DIMENSIONS = 8

Whole = NDArray[np.int64] | NDArray[np.int32]


@dataclass(frozen=True)
class Tensor:
    """What is known of a tensor."""

    kind: int
    dims: tuple[int, ...]
    """Without the rows."""
    rows: bool = False
    """Whether the batch's rows are its first dimension."""
    value: NDArray[np.generic] | None = None
    """Its elements, where it is a weight."""
    below: int | None = None
    """Where known: every element is a whole number from 0 to less than this."""

    @property
    def rank(self) -> int:
        """The number of dimensions, the rows among them."""
        return len(self.dims) + self.rows

    @property
    def each(self) -> int:
        """The number of elements for each row, or of all where there are no rows."""
        return prod(self.dims)

    def elements(self, rows: int) -> int:
        """Counts the elements in a batch of so many rows."""
        return self.each * (rows if self.rows else 1)

    def size(self, rows: int) -> int:
        """Counts the bytes in a batch of so many rows."""
        return self.elements(rows) * SIZES[self.kind]

    def of(self, kind: int) -> Self:
        """Keeps the shape, of unknown elements of another kind."""
        return replace(self, kind=kind, value=None, below=None)

    def shaped(self, dims: tuple[int, ...]) -> Self:
        """Keeps the kind and the rows, with other dimensions beside them."""
        if len(dims) + self.rows > MAX_DIMENSIONS:
            raise Refused("a tensor of the model has too many dimensions; export it anew")
        return replace(self, dims=dims, value=None)

    def axis(self, number: int) -> int:
        """Finds the position in `dims` that an axis of ONNX names, negative from the end.

        Raises:
            Refused: where there is none, or it is that of the rows.
        """
        position = number + (self.rank if number < 0 else 0) - self.rows
        if not 0 <= position < len(self.dims):
            raise Refused(
                "an operator of the model works across the rows of a batch, or beyond a tensor's "
                "dimensions; export it anew"
            )
        return position

    def whole(self) -> Whole:
        """Reads the elements of a weight of whole numbers.

        Raises:
            Refused: where they are computed, or are others.
        """
        if self.value is None or self.kind != INT64:
            raise Refused(
                "a shape or an index of the model is computed, not one of its weights; export it "
                "anew"
            )
        return self.value.astype(np.int64, copy=False)


def broadcast(tensors: list[Tensor]) -> Tensor:
    """Computes the shape, by NumPy's rules, of an operator of several tensors of one kind.

    Raises:
        Refused: where the kinds differ, the shapes do not fit, or rows would meet columns.
    """
    result = tensors[0].of(tensors[0].kind)
    for other in tensors[1:]:
        if other.kind != result.kind:
            raise Refused("an operator of the model mixes kinds of numbers; export it anew")
        result = _fitted(result, other)
    return result


def _fitted(one: Tensor, other: Tensor) -> Tensor:
    if other.rows and not one.rows:
        one, other = other, one
    beside = other.dims
    if one.rows:
        extra = len(other.dims) - len(one.dims)
        # A dimension more than the columns have stands at the rows: it may only be repeated.
        if (other.rows and extra) or (extra > 0 and other.dims[:extra] != (1,)):
            raise _misfit()
        beside = other.dims[max(extra, 0) :]
    width = max(len(one.dims), len(beside))
    left = (1,) * (width - len(one.dims)) + one.dims
    right = (1,) * (width - len(beside)) + beside
    if any(a != b and 1 not in (a, b) for a, b in zip(left, right, strict=True)):
        raise _misfit()
    return one.shaped(tuple(b if a == 1 else a for a, b in zip(left, right, strict=True)))


def _misfit() -> Refused:
    return Refused("the shapes of two tensors of the model do not fit; export it anew")
