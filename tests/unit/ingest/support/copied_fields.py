"""What the server reads of COPY's binary format."""

import struct
from collections.abc import Iterator


def fields_of(data: bytes) -> Iterator[list[bytes | None]]:
    """Yields the fields of each row; None is NULL."""
    at = 0
    while at < len(data):
        (count,) = struct.unpack_from(">h", data, at)
        at += 2
        fields: list[bytes | None] = []
        for _ in range(count):
            (size,) = struct.unpack_from(">i", data, at)
            at += 4
            fields.append(None if size == -1 else data[at : at + size])
            at += max(size, 0)
        yield fields
