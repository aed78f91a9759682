"""The wire format of protocol buffers: a message is split into its fields, and put together.

Strict: what another parser could read otherwise (a number in more bytes than it needs, a key
beyond 32 bits, a group) is refused. The format is that of
https://protobuf.dev/programming-guides/encoding/.
"""

from collections.abc import Iterator

from rookery_core.errors import Refused

Value = memoryview | int
"""A field's bytes where it has a length, else its number."""
Chunks = list[bytes]
"""Bytes in pieces, so that large ones are not copied at each level."""


def fields(message: memoryview) -> Iterator[tuple[int, Value]]:
    """Yields number and value of each field in turn.

    Raises:
        Refused: where the bytes are no message.
    """
    position = 0
    while position < len(message):
        key, position = _varint(message, position)
        number, wire = key >> 3, key & 7
        if not 0 < number < 1 << 29 or wire not in (0, 1, 2, 5):
            raise _no_model()
        if wire == 0:
            value, position = _varint(message, position)
            yield number, value
            continue
        length = {1: 8, 5: 4}.get(wire, 0)
        if wire == 2:
            length, position = _varint(message, position)
        if length > len(message) - position:
            raise Refused("the file is a truncated ONNX model; export it anew")
        part = message[position : position + length]
        position += length
        yield number, part if wire == 2 else int.from_bytes(part, "little")


def field(number: int, content: Chunks) -> Chunks:
    """Answers a field of that number whose value is `content`."""
    size = sum(map(len, content))
    return [_written(number << 3 | 2) + _written(size), *content]


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    number = shift = 0
    while position < len(message) and shift < 64:
        byte = message[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            if (byte == 0 and shift) or number >= 1 << 64:
                raise _no_model()
            return number, position
        shift += 7
    raise Refused("the file is a truncated ONNX model; export it anew")


def _written(number: int) -> bytes:
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


def _no_model() -> Refused:
    return Refused("the file is no ONNX model; export it anew")
