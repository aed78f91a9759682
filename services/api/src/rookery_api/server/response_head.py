"""The head of a response, as it goes over the wire.

uvicorn looks through each field of each response for characters that would break it. Here the
fields that most responses have are lines already, and only the others are looked through.
"""

import re
from collections.abc import Iterable

from starlette.types import Message
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from rookery_api.server.response_sender import CLOSE, CONSTANT_HEADERS

Header = tuple[bytes, bytes]

_LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+: [\t\x20-\x7e\x80-\xff]*\r\n")
_WITHOUT_BODY = (204, 304)
_CHUNKED = (b"transfer-encoding", b"chunked")


class Cycle(RequestResponseCycle):
    """uvicorn's cycle of one request and its response, with this module's head."""

    async def send(self, message: Message) -> None:  # type: ignore[override]
        """Sends the next part of the response, once the caller takes it."""
        if self.response_started or message["type"] != "http.response.start":
            await super().send(message)  # type: ignore[arg-type]
            return
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if not self.disconnected:
            self._start(message["status"], [*self.default_headers, *message["headers"]])

    def _start(self, status: int, headers: list[Header]) -> None:
        self.response_started = True
        self.waiting_for_100_continue = False
        length = next((value for name, value in headers if name == b"content-length"), None)
        if length is not None:
            self.chunked_encoding = False
            self.expected_content_length = int(length)
        elif self.scope["method"] != "HEAD" and status not in _WITHOUT_BODY:
            self.chunked_encoding = True
            headers.append(_CHUNKED)
        if CLOSE in headers:
            self.keep_alive = False
        elif not self.keep_alive:
            headers.append(CLOSE)
        self.transport.write(head_of(status, headers))


def head_of(status: int, headers: Iterable[Header]) -> bytes:
    """Writes the head of a response.

    Raises:
        ValueError: a header's name or value would break it.
    """
    lines = [_LINES.get(header) or _line(header) for header in headers]
    return b"".join([STATUS_LINE[status], *lines, b"\r\n"])


def _line(header: Header) -> bytes:
    line = b"%b: %b\r\n" % header
    if not _LINE.fullmatch(line):
        raise ValueError(f"a response can't have the header {header!r}")
    return line


_LINES = {header: _line(header) for header in (*CONSTANT_HEADERS, CLOSE)}
