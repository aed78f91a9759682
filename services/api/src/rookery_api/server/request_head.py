"""The head of a request: read once, from one piece of bytes.

httptools (llhttp) reads the grammar. What it leaves open is decided here, after RFC 9112: one space
between the words of the request line, HTTP/1.0 or 1.1 and nothing else, one `Host`, one way to say
how long the body is. An `Upgrade` is an offer that nobody has to take (RFC 9110, 7.8): it changes
nothing about how the request is read.
"""

import re
import urllib.parse
from http import HTTPStatus

import httptools

from rookery_api.base.problems import Problem, malformed

MAX_FIELDS = 100
"""The most header fields of a request. Each costs a hundred bytes of memory beyond its own."""
MAX_LENGTH_DIGITS = 18
"""The most digits of a Content-Length."""
UNREADABLE = "Invalid HTTP request received."
_REQUEST_LINE = re.compile(rb"([A-Z-]+) [^ \r\n]+ HTTP/1\.([01])\r\n")
_ONLY_ONCE = (b"host", b"content-length", b"transfer-encoding")


class Head:
    """A request's line and fields, as `read_head` found them."""

    method = ""
    target = b""
    version = "1.1"
    path = ""
    raw_path = b""
    query = b""
    keep_alive = False
    """Whether the caller wants the connection to go on after the answer."""
    length = 0
    """Bytes of the body; 0 where it is chunked."""
    chunked = False
    expects_continue = False
    """Whether the caller waits for `100 Continue` before he sends the body."""
    complete = False
    """Whether the parser has found its end."""
    _parser: httptools.HttpRequestParser | None = None

    def __init__(self) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        """Names in lower case; values without white space around them."""

    def parse(self, raw: bytes) -> None:
        """Lets the parser read `raw`.

        Raises:
            httptools.HttpParserError: it can't be read.
        """
        self._parser = httptools.HttpRequestParser(self)
        try:
            self._parser.feed_data(raw)
        except httptools.HttpParserUpgrade:
            pass  # said at the end of a head that offers one; the body is read by its own length
        finally:
            self._parser = None

    def on_url(self, url: bytes) -> None:
        """Takes the target from the parser."""
        self.target = url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Takes a field from the parser, which removes only the white space in front (RFC 9110)."""
        self.headers.append((name.lower(), value.rstrip()))

    def on_headers_complete(self) -> None:
        """Asks the parser what it forgets once the message is complete."""
        assert self._parser is not None
        self.keep_alive = self._parser.should_keep_alive()
        self.complete = True


def read_head(raw: bytes) -> Head:
    """Reads the head that `raw` is, from the request line to the empty line.

    Raises:
        Problem: 400 for no head or an ambiguous one, 431 for too many fields, 501 for what
            HTTP has and this server has not.
    """
    line = match_request_line(raw, 0)
    head = Head()
    try:
        head.parse(raw)
    except httptools.HttpParserError:
        raise malformed(UNREADABLE) from None
    if not head.complete:
        raise malformed(UNREADABLE)
    if len(head.headers) > MAX_FIELDS:
        raise too_large()
    head.method = line[1].decode("ascii")
    if head.method == "CONNECT":
        raise Problem(HTTPStatus.NOT_IMPLEMENTED, "unknown_method", "This server is no proxy.")
    if line[2] == b"0":
        head.version = "1.0"
        head.keep_alive = False
    _frame(head)
    _locate(head)
    return head


def match_request_line(raw: bytes, start: int) -> re.Match[bytes]:
    """Matches the request line at `start`: its method, and the last digit of its version.

    Raises:
        Problem: 400 where there is none. What methods and targets may be is the parser's matter.
    """
    line = _REQUEST_LINE.match(raw, start)
    if line is None:
        raise malformed(UNREADABLE)
    return line


def _frame(head: Head) -> None:
    """Finds the length of the body, and whether the caller waits for leave to send it.

    Raises:
        Problem: 400 where the fields leave doubt, 501 for a transfer coding but `chunked`.
    """
    fields = dict(head.headers)
    if len(fields) < len(head.headers):
        _refuse_twice(head)
    newer = head.version == "1.1"
    if newer and b"host" not in fields:
        raise malformed("Send one Host.")
    coding = fields.get(b"transfer-encoding")
    length = fields.get(b"content-length")
    if coding is not None:
        if length is not None or not newer:
            raise malformed("Say in one way how long the body is.")
        if coding.lower() != b"chunked":
            detail = "Send the body plain or chunked; no other transfer coding is taken."
            raise Problem(HTTPStatus.NOT_IMPLEMENTED, "unsupported_transfer_coding", detail)
        head.chunked = True
    elif length is not None:
        if not length.isdigit() or len(length) > MAX_LENGTH_DIGITS:
            raise malformed("Content-Length is not a number of bytes.")
        head.length = int(length)
    if b"expect" in fields and newer and (head.chunked or head.length):
        expectations = [value.lower() for name, value in head.headers if name == b"expect"]
        head.expects_continue = b"100-continue" in expectations


def _refuse_twice(head: Head) -> None:
    names = [name for name, _ in head.headers]
    for name in _ONLY_ONCE:
        if names.count(name) > 1:
            raise malformed(f"Send {name.decode('ascii').title()} once.")


def _locate(head: Head) -> None:
    """Takes the target apart.

    Raises:
        Problem: 400 for one that is no request target.
    """
    try:
        parsed = httptools.parse_url(head.target)
        raw_path = parsed.path or b"/"
        path = raw_path.decode("ascii")
    except (httptools.HttpParserInvalidURLError, UnicodeDecodeError):
        raise malformed(UNREADABLE) from None
    if b"#" in head.target:
        raise malformed("Send the target without a fragment.")
    head.raw_path = raw_path
    head.path = urllib.parse.unquote(path) if "%" in path else path
    head.query = parsed.query or b""


def too_large() -> Problem:
    """Makes a 431: the head, or what a chunked body has beside its data, is too large."""
    return Problem(431, "head_too_large", "The request's head is too large; send fewer headers.")
