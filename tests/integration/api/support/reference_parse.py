"""What a connection holds, by another parser: h11, and RFC 9112 where this server is stricter.

h11 is more lenient in what follows, all of which RFC 9112 lets a server refuse: lines that end with
LF alone (2.2), control characters in fields (5.5), folded lines (5.2), a Content-Length said twice
alike (6.3), Transfer-Encoding beside Content-Length or in HTTP/1.0 (6.1), more fields or longer
extensions than a server likes (2.3, 7.1.1), a target with a fragment (3.2). It knows every version
and method; this server has HTTP/1.0 and 1.1 (2.5), the methods that llhttp knows, and no CONNECT.
It is stricter in one thing: an empty line before a request is to be ignored (2.2).
"""

import re
from dataclasses import dataclass
from typing import Literal

import h11

MAX_HEAD = 32 * 1024
MAX_FIELDS = 100
METHODS = {b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"PATCH", b"TRACE"}
_LINE_ENDS = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_REFUSED = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_LENGTH = re.compile(rb"(?i)\ncontent-length:[ \t]*([^\r]*?)[ \t]*\r")
_TARGET = re.compile(rb"(http://localhost)?/[/a-z0-9]*")
"""The targets of the streams; what damage makes of one may be a target or none."""
_FOLDED = re.compile(rb"\n[ \t]")


@dataclass(frozen=True)
class Parsed:
    """One request of a connection, or why there is none."""

    end: Literal["whole", "body refused", "head refused", "body missing", "head missing", "unclear"]
    target: bytes = b""
    method: bytes = b""
    request_id: bytes = b""
    body: bytes = b""
    host: bytes = b""
    content_type: bytes = b""
    goes_on: bool = False
    """Whether the connection outlives the answer."""
    expects: bool = False
    """Whether the body waits for leave to come."""


def parse_all(data: bytes) -> list[Parsed]:
    """The requests of a connection on which `data` is all that ever comes."""
    found = []
    while data:
        data = _without_empty_lines(data)
        if not data.rstrip(b"\r"):
            break
        parsed, data = parse_one(data)
        found.append(parsed)
        if not parsed.goes_on:
            break
    return found


def _without_empty_lines(data: bytes) -> bytes:
    while data.startswith(b"\r\n"):
        data = data[2:]
    return data


def parse_one(data: bytes) -> tuple[Parsed, bytes]:
    """The first request, and what follows it."""
    end = data.find(b"\r\n\r\n") + 4
    head = data[:end] if end >= 4 else data
    if _refuses(head):
        return Parsed("head refused"), b""
    if end < 4:
        return Parsed("head missing"), b""
    parser = h11.Connection(h11.SERVER, max_incomplete_event_size=10 * MAX_HEAD)
    parser.receive_data(data)
    try:
        request = parser.next_event()
    except h11.RemoteProtocolError:
        return Parsed("head refused"), b""
    if not isinstance(request, h11.Request) or _doubtful(request, data[:end]):
        return Parsed("head refused"), b""
    if not _TARGET.fullmatch(request.target):
        return Parsed("unclear"), b""
    body, how = _body_of(parser)
    rest = parser.trailing_data[0] if how == "whole" else b""
    wire = data[end : len(data) - len(rest)]
    chunked = _header(request, b"transfer-encoding") != b""
    if how == "whole" and chunked and _refuses_chunks(wire):
        how, rest = "body refused", b""
    tokens = [token.strip() for token in _header(request, b"connection").lower().split(b",")]
    goes_on = how == "whole" and request.http_version == b"1.1" and b"close" not in tokens
    parsed = Parsed(
        how,
        target=request.target,
        method=request.method,
        request_id=_header(request, b"x-request-id"),
        host=_header(request, b"host"),
        content_type=_header(request, b"content-type"),
        body=body,
        goes_on=goes_on,
        expects=_header(request, b"expect") != b"",
    )
    return parsed, rest


def _body_of(
    parser: h11.Connection,
) -> tuple[bytes, Literal["whole", "body refused", "body missing", "unclear"]]:
    body = b""
    while True:
        try:
            event = parser.next_event()
        except h11.RemoteProtocolError as error:
            # Of trailers it reads those that would frame the message if they were headers.
            framing = any(name in str(error) for name in ("Transfer-Encoding", "Content-Length"))
            return body, "unclear" if framing else "body refused"
        if isinstance(event, h11.Data):
            body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            return body, "whole"
        else:
            return body, "body missing"


def _refuses(head: bytes) -> bool:
    """Whether a head, or the beginning of one, is none for this server."""
    line, newline, fields = head.partition(b"\n")
    words = line.rstrip(b"\r").split(b" ")
    if newline and (
        len(words) != 3
        or words[0] not in METHODS
        or words[2] not in (b"HTTP/1.1", b"HTTP/1.0")
        or b"#" in words[1]
    ):
        return True
    if not head[:1].isupper() or re.search(rb"(?<!\r)\n", head[:MAX_HEAD]):
        return True
    if len(head) > MAX_HEAD:
        return True
    if not head.endswith(b"\r\n\r\n"):
        return False
    names = fields.count(b"\r\n") - 1
    return bool(
        names > MAX_FIELDS
        or _LINE_ENDS.search(head)
        or _CONTROLS.search(head)
        or _FOLDED.search(head)
    )


def _doubtful(request: h11.Request, head: bytes) -> bool:
    """Whether the head leaves doubt that h11 settles by itself."""
    lengths = _LENGTH.findall(head)
    chunked = _header(request, b"transfer-encoding") != b""
    if chunked and (lengths or request.http_version == b"1.0"):
        return True
    return len(lengths) > 1 or any(not value.isdigit() or len(value) > 18 for value in lengths)


def _header(request: h11.Request, wanted: bytes) -> bytes:
    return b", ".join(value for name, value in request.headers if name == wanted)


def _refuses_chunks(wire: bytes) -> bool:
    """Whether a chunked body that h11 takes is more lenient than this server's."""
    at = extra = 0
    while True:
        line, _, _ = wire[at:].partition(b"\n")
        size, semicolon, extension = line[:-1].partition(b";")
        if not line.endswith(b"\r") or _REFUSED.search(line[:-1]):
            return True
        if len(size) > 16 or size.strip() != size:
            return True
        extra += len(semicolon + extension)
        at += len(line) + 1
        if int(size, 16) == 0:
            trailers = wire[at:]
            if _LINE_ENDS.search(trailers) or _CONTROLS.search(trailers):
                return True
            return extra + len(trailers) - 2 > MAX_HEAD or _FOLDED.search(trailers) is not None
        at += int(size, 16) + 2
