"""A chunked body (RFC 9112, 7.1), decoded strictly and within bounds.

Extensions and trailer fields are read over: they have no meaning here, are never headers (RFC 9110,
6.5.1), and together may fill as much as a head.
"""

import re

from rookery_api.base.problems import malformed
from rookery_api.server.request_head import too_large

MAX_SIZE_DIGITS = 16
"""The most digits of a chunk's size."""
PIECE_BYTES = 32 * 1024
"""After about so much the decoder pauses: a body of chunks of one byte is slow to take apart."""
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})((?:;[\t\x20-\x7e\x80-\xff]*)?)\Z")
_TRAILER = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\Z")


class ChunkDecoder:
    """The state of one body; the bytes are its caller's."""

    def __init__(self, max_extra: int) -> None:
        self._left = max_extra
        """How many bytes of extensions and trailers may still come."""
        self._max_line = max_extra + MAX_SIZE_DIGITS
        self._open = 0
        """How many bytes of the chunk, with its line end, are still to come."""
        self._in_trailers = False
        self.complete = False
        self.starved = False
        """Whether `decode` stopped for want of bytes."""

    def decode(self, data: bytes, at: int) -> tuple[bytes, int]:
        """Answers what a piece of `data` from `at` holds of the body, and where that piece ends.

        Raises:
            Problem: 400 for what is not chunked, 431 for too many extensions or trailers.
        """
        parts: list[bytes] = []
        stop = at + PIECE_BYTES
        self.starved = False
        while at < stop and not self.complete and not self.starved:
            at = self._take_data(data, at, parts) if self._open else self._take_line(data, at)
        return b"".join(parts), at

    def _take_data(self, data: bytes, at: int, parts: list[bytes]) -> int:
        size = self._open - 2
        if size > 0:
            part = data[at : at + size]
            parts.append(part)
            at += len(part)
            self._open -= len(part)
        if self._open <= 2:
            end = data[at : at + self._open]
            if not b"\r\n"[-self._open :].startswith(end):
                raise malformed("A chunk does not end where it says.")
            at += len(end)
            self._open -= len(end)
        self.starved = self._open > 0
        return at

    def _take_line(self, data: bytes, at: int) -> int:
        end = data.find(b"\n", at, at + self._max_line + 2)
        if end < 0:
            # A line may still be as long as this, its line end not counted.
            if len(data) - at > self._max_line + 1:
                raise too_large()
            self.starved = True
            return at
        if data[end - 1 : end] != b"\r" or end == at:
            raise malformed("The lines of a chunked body end with CR and LF.")
        self._read_line(data[at : end - 1])
        return end + 1

    def _read_line(self, line: bytes) -> None:
        if self._in_trailers:
            self.complete = not line
            if line and not _TRAILER.match(line):
                raise malformed("A trailer is not a field.")
            self._spend(len(line) + 2 if line else 0)
            return
        found = _SIZE.match(line)
        if found is None:
            raise malformed("A chunk's size is not a number in hexadecimal digits.")
        self._spend(len(found[2]))
        size = int(found[1], 16)
        self._in_trailers = size == 0
        self._open = size + 2 if size else 0

    def _spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise too_large()
