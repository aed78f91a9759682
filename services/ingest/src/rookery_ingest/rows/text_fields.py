"""Texts as fields of COPY's binary format, by the codes that stand for them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NULL_SIZE = -1
"""The size of a field that is missing."""
TextFields = tuple[NDArray[np.void], NDArray[np.void]]
"""By code: a value's size and bytes, padded; and 1 for each byte that isn't padding."""


def text_fields(values: Sequence[bytes]) -> TextFields:
    """Returns the fields of values that have the codes 1, 2 and so on; code 0 is a missing one."""
    fields = [NULL_SIZE.to_bytes(4, "big", signed=True)]
    fields += [len(value).to_bytes(4, "big") + value for value in values]
    width = max(map(len, fields))
    padded = b"".join(field.ljust(width, b"\0") for field in fields)
    marks = b"".join((b"\1" * len(field)).ljust(width, b"\0") for field in fields)
    kind = f"V{width}"
    return np.frombuffer(padded, kind), np.frombuffer(marks, kind)


def untyped(layout: np.dtype[np.void]) -> np.dtype[np.void]:
    """Returns the same layout with each field as plain bytes."""
    assert layout.names is not None
    return np.dtype([(name, f"V{layout[name].itemsize}") for name in layout.names])
