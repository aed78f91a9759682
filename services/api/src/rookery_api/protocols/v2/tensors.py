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

from rookery_api.base.datatypes import BYTES, NUMBERS
from rookery_api.base.problems import malformed

_LENGTH = struct.Struct("<I")


def number_column(
    name: str, datatype: object, data: bytes | list[Any], rows: int
) -> NDArray[np.floating]:
    """Reads the [rows] numbers of a binary or JSON tensor of a type of numbers.

    Numbers are what was sent: a whole number that float32, which the model reads, cannot hold is
    refused.
    """
    if not isinstance(datatype, str) or datatype not in NUMBERS:
        raise malformed(f"Input {name} must have a datatype of numbers: FP, INT, UINT or BOOL.")
    if isinstance(data, bytes):
        dtype = NUMBERS[datatype]
        if len(data) != rows * dtype.itemsize:
            raise malformed(f"Input {name} has not the bytes that its shape needs.")
        sent: NDArray[Any] = np.frombuffer(data, dtype=dtype)
        if datatype == "BOOL" and (sent > 1).any():
            raise malformed(f"Input {name} is BOOL and must hold bytes of 0 or 1.")
    else:
        sent = _json_numbers(name, datatype, flat(data) if len(data) == rows else [], rows)
    return sent if sent.dtype.kind == "f" else _exact(name, sent)


def _json_numbers(name: str, datatype: str, values: list[Any], rows: int) -> NDArray[Any]:
    """Reads numbers that the datatype has; JSON tells 181 and 181.0 not apart."""
    kinds = (bool,) if datatype == "BOOL" else (int, float)
    if len(values) != rows or not all(type(value) in kinds for value in values):
        what = "true or false" if datatype == "BOOL" else "one number"
        raise malformed(f"Input {name} must hold {what} a row.")
    dtype = NUMBERS[datatype]
    if dtype.kind == "f":
        try:
            read = np.array(values, dtype=np.float64)
        except OverflowError:
            raise malformed(f"Input {name} holds a number that is too large.") from None
        if datatype == "FP16" and (np.abs(read) > np.finfo(dtype).max).any():
            raise malformed(f"Input {name} holds a number that FP16 has not.")
        return read
    limits = np.iinfo(dtype)
    if not all(limits.min <= value <= limits.max and value == int(value) for value in values):
        raise malformed(f"Input {name} holds a number that {datatype} has not.")
    return np.array([int(value) for value in values], dtype=dtype)


def _exact(name: str, whole: NDArray[Any]) -> NDArray[np.floating]:
    """Answers the whole numbers as float32, each exactly."""
    limits = np.iinfo(whole.dtype)
    numbers = whole.astype(np.float32)
    # Rounding may go beyond the type's largest number, from where there is no way back.
    inside = numbers < np.float32(limits.max + 1)
    back = np.where(inside, numbers, np.float32(0)).astype(whole.dtype)
    if not (inside & (back == whole)).all():
        raise malformed(f"Input {name} holds a whole number that float32 cannot hold; send FP64.")
    return numbers.astype(np.float64)


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
