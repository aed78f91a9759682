"""Content codings: a compressed body becomes what it was, within the limit of a plain one.

Nothing beyond the limit is ever built, so that a small body cannot become a large one.
"""

import zlib

from rookery_api.access.hosts import Headers
from rookery_api.base import problems

CODINGS = {
    b"gzip": 16 + zlib.MAX_WBITS,  # RFC 1952
    b"x-gzip": 16 + zlib.MAX_WBITS,
    b"deflate": zlib.MAX_WBITS,  # RFC 1950: with zlib's head, as RFC 9110 (8.4.1.2) wants it
}
"""The content codings, each with the `wbits` of zlib that reads it."""
MAX_MEMBERS = 100
"""The most members of a gzip body, which may be empty: each takes some microseconds."""


def coding_of(headers: Headers) -> bytes | None:
    """Names the coding that the body has; None for a plain one.

    Raises:
        Problem: 415 for another coding, and for several.
    """
    codings = [value.strip().lower() for name, value in headers if name == b"content-encoding"]
    if codings in ([], [b"identity"]):
        return None
    if len(codings) != 1 or codings[0] not in CODINGS:
        raise problems.unsupported_coding()
    return codings[0]


def inflated(coding: bytes, body: bytes, most: int) -> bytes:
    """Answers what the body is without its coding.

    Raises:
        Problem: 400 where the body is not of that coding or not whole, 413 for more than `most`
            bytes.
    """
    parts: list[bytes] = []
    room = most
    for _ in range(MAX_MEMBERS if CODINGS[coding] > zlib.MAX_WBITS else 1):
        inflating = zlib.decompressobj(CODINGS[coding])
        try:
            # One more than there is room for, since 0 would mean that there is no limit.
            part = inflating.decompress(body, room + 1)
        except zlib.error:
            raise _unreadable() from None
        if len(part) > room:
            raise problems.too_large(most)
        if not inflating.eof:
            raise _unreadable()
        parts.append(part)
        room -= len(part)
        body = inflating.unused_data
        if not body:
            return b"".join(parts)
    raise _unreadable()


def _unreadable() -> problems.Problem:
    return problems.malformed("The body is not what its Content-Encoding says, or is not whole.")
