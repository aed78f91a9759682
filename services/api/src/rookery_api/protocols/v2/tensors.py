"""Tensors of the Open Inference Protocol, as JSON and in the binary tensor extension.

Tensors: https://github.com/open-inference/open-inference-protocol. Binary: raw little-endian values
in row-major order, and for BYTES each element behind its length in four bytes
(https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md).
"""

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rookery_api.base.problems import malformed

NUMBERS: dict[str, np.dtype[Any]] = {"FP32": np.dtype("<f4"), "FP64": np.dtype("<f8")}
BYTES = "BYTES"
_LENGTH = struct.Struct("<I")


def number_column(
    name: str, datatype: object, data: bytes | list[Any], rows: int
) -> NDArray[np.floating]:
    """Reads the [rows] numbers of a binary or JSON tensor of type FP32 or FP64."""
    if not isinstance(datatype, str) or datatype not in NUMBERS:
        raise malformed(f"Input {name} must have datatype FP32 or FP64.")
    if isinstance(data, bytes):
        dtype = NUMBERS[datatype]
        if len(data) != rows * dtype.itemsize:
            raise malformed(f"Input {name} has not the bytes that its shape needs.")
        column: NDArray[np.floating] = np.frombuffer(data, dtype=dtype)
        return column
    values = flat(data) if len(data) == rows else []
    if len(values) != rows or not all(type(value) in (int, float) for value in values):
        raise malformed(f"Input {name} must hold one number a row.")
    try:
        return np.array(values, dtype=np.float64)
    except OverflowError:
        raise malformed(f"Input {name} holds a number that is too large.") from None


def text_column(name: str, datatype: object, data: bytes | list[Any], rows: int) -> list[str]:
    """Reads the [rows] texts of a binary or JSON tensor of type BYTES."""
    if datatype != BYTES:
        raise malformed(f"Input {name} must have datatype BYTES.")
    if isinstance(data, bytes):
        values = split_texts(name, data, rows)
    else:
        values = flat(data) if len(data) == rows else []
    if len(values) != rows or not all(isinstance(value, str) for value in values):
        raise malformed(f"Input {name} must hold one text a row.")
    return values


def split_texts(name: str, data: bytes, rows: int) -> list[str]:
    """Reads the texts of a binary BYTES tensor; stops at the first one too many."""
    texts: list[str] = []
    position = 0
    while position < len(data) and len(texts) <= rows:
        end = position + _LENGTH.size
        if end > len(data):
            raise malformed(f"Input {name} ends within a length.")
        (length,) = _LENGTH.unpack_from(data, position)
        position = end + length
        if position > len(data):
            raise malformed(f"Input {name} ends within an element.")
        try:
            texts.append(data[end:position].decode())
        except UnicodeDecodeError:
            raise malformed(f"Input {name} is not text in UTF-8.") from None
    return texts


def join_texts(texts: Sequence[str]) -> bytes:
    """Writes `texts` as a binary BYTES tensor."""
    parts = []
    for text in texts:
        encoded = text.encode()
        parts += [_LENGTH.pack(len(encoded)), encoded]
    return b"".join(parts)


def flat(data: list[Any]) -> list[Any]:
    """Lists the elements of a JSON tensor of shape [N] or [N, 1], nested or not."""
    return [item[0] if isinstance(item, list) and len(item) == 1 else item for item in data]
