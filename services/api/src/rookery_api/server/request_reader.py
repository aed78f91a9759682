"""Reads requests from a connection's bytes, one at a time, the same however the bytes were cut.

What has not been asked for waits as bytes: no request is read before the one in front of it has
been answered.
"""

import re

from rookery_api.base.problems import malformed
from rookery_api.server.chunked_body import ChunkDecoder
from rookery_api.server.request_head import (
    UNREADABLE,
    Head,
    match_request_line,
    read_head,
    too_large,
)

_BARE_LINE_FEED = re.compile(rb"(?<!\r)\n")
_BEGINNING = re.compile(rb"[A-Z]|\r?\Z")
"""Of a request line, or of an empty one before it."""


class RequestReader:
    """Reads heads of at most `max_head` bytes, and their bodies."""

    def __init__(self, max_head: int) -> None:
        self._max_head = max_head
        self._bytes = b""
        self._at = 0
        """Where in `_bytes` the next thing begins."""
        self._seen = 0
        """Up to where an incomplete head has been looked through."""
        self._blank = 0
        """Bytes of empty lines before the head."""
        self._length = 0
        """How much of a body of known length is still to come."""
        self._chunks: ChunkDecoder | None = None
        self.in_body = False
        """Whether a head has been read and its body not wholly."""

    @property
    def waiting(self) -> int:
        """How many bytes are here that nobody has asked for."""
        return len(self._bytes) - self._at

    @property
    def begun(self) -> bool:
        """Whether anything of a request is here."""
        return self._at < len(self._bytes) or self._blank > 0 or self.in_body

    @property
    def blank(self) -> bool:
        """Whether nothing is here but empty lines between requests."""
        return not self.in_body and self._bytes[self._at : self._at + 2] in (b"", b"\r")

    @property
    def has_piece(self) -> bool:
        """Whether more of the body can be read of what is here."""
        return self._chunks is not None and not self._chunks.starved and self.waiting > 0

    def feed(self, data: bytes) -> None:
        """Adds `data` to what is here."""
        if self._at == len(self._bytes):
            self._bytes = data
        else:
            self._bytes = self._bytes[self._at :] + data
        self._seen = max(self._seen - self._at, 0)
        self._at = 0

    def drop(self) -> None:
        """Forgets what waits."""
        self._bytes, self._at, self._seen = b"", 0, 0

    def head(self) -> Head | None:
        """Reads the next head; None where it is not wholly here.

        Raises:
            Problem: it is too large, or it can't become one.
        """
        data = self._bytes
        if self._at == len(data):
            return None
        while data.startswith(b"\r\n", self._at):
            # RFC 9112, 2.2: some clients send an empty line after a body.
            self._at += 2
            self._blank += 2
        begin = self._at
        end = data.find(b"\r\n\r\n", max(begin, self._seen - 3))
        size = end + 4 - begin
        if end < 0 or size + self._blank > self._max_head:
            self._check_incomplete()
            return None
        head = read_head(data[begin : end + 4])
        self._at = end + 4
        self._seen = self._blank = 0
        self._length = head.length
        if head.chunked:
            self._chunks = ChunkDecoder(self._max_head)
        self.in_body = head.chunked or head.length > 0
        return head

    def _check_incomplete(self) -> None:
        """Refuses at once what can never become a head, as if the whole had been here."""
        data, begin = self._bytes, self._at
        limit = begin + self._max_head - self._blank
        if limit < begin:
            raise too_large()
        if not _BEGINNING.match(data, begin):
            raise malformed(UNREADABLE)
        if data.find(b"\n", begin, limit) >= 0:
            match_request_line(data, begin)
        if _BARE_LINE_FEED.search(data, max(begin, self._seen - 1), limit):
            raise malformed(UNREADABLE)
        if len(data) > limit:
            raise too_large()
        self._seen = len(data)

    def body(self) -> bytes:
        """Reads what is here of the body: a piece of it, or nothing.

        Raises:
            Problem: it is not chunked as its head says.
        """
        at = self._at
        if self._chunks is None:
            part = self._bytes[at : at + self._length]
            self._at = at + len(part)
            self._length -= len(part)
            self.in_body = self._length > 0
            return part
        part, self._at = self._chunks.decode(self._bytes, at)
        if self._chunks.complete:
            self._chunks = None
            self.in_body = False
        return part
