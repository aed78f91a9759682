"""Requests out of bytes: the same however the bytes were cut, and within bounds."""

import random

import pytest

from rookery_api.base.problems import Problem
from rookery_api.server.request_reader import RequestReader

HOST = b"Host: a\r\n"
MAX_HEAD = 2000
Found = list[tuple[object, ...] | bytes | int]


def read(*segments: bytes) -> Found:
    """Each head with its body, and the status of the fault that ends it."""
    reader = RequestReader(MAX_HEAD)
    found: Found = []
    try:
        for segment in segments:
            reader.feed(segment)
            while read_one(reader, found):
                pass
    except Problem as problem:
        found.append(problem.status)
    return found


def read_one(reader: RequestReader, found: Found) -> bool:
    """Whether a head or a piece of its body was there to be read."""
    if not reader.in_body:
        head = reader.head()
        if head is None:
            return False
        found += [(head.method, head.path, head.keep_alive), b""]
        return True
    before = found.pop()
    assert isinstance(before, bytes)
    found.append(before + reader.body())
    return reader.has_piece or not is_in_body(reader)


def is_in_body(reader: RequestReader) -> bool:
    """Asked anew."""
    return reader.in_body


def request(*fields: bytes, body: bytes = b"", line: bytes = b"POST /a HTTP/1.1") -> bytes:
    """A request with a Host and the fields."""
    return b"\r\n".join((line, b"Host: a", *fields, b"", body))


def chunked(wire: bytes) -> bytes:
    """A request whose body is `wire`."""
    return request(b"Transfer-Encoding: chunked", body=wire)


PIECES = (
    request(line=b"GET / HTTP/1.1"),
    request(b"Content-Length: 5", body=b"hello"),
    chunked(b"5;x=y\r\nhello\r\n0\r\nHost: evil\r\n\r\n"),
    request(b"Connection: Upgrade", b"Upgrade: h2c", b"Content-Length: 2", body=b"hi"),
    request(*[b"a:b"] * 102),
    request(b"X: " + b"y" * 1990),
    b"\r\n",
    b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
)
DAMAGE = (b"", b"\r", b"\n", b"\r\n", b"\r\n\r\n", b" ", b":", b"\0", b"0", b"f", b"\x80")


@pytest.mark.parametrize("seed", range(0, 3000, 100))
def test_cuts_change_nothing(seed: int) -> None:
    for number in range(seed, seed + 100):
        rnd = random.Random(number)
        data = bytearray(b"".join(rnd.choices(PIECES, k=rnd.randint(1, 4))))
        for _ in range(rnd.choice((0, 0, 1, 2))):
            at = rnd.randrange(len(data))
            data[at : at + rnd.choice((0, 1, 2))] = rnd.choice(DAMAGE)
        data = data or bytearray(b"-")
        size = len(data)
        cuts = range(size) if rnd.random() < 0.2 else sorted(rnd.choices(range(size), k=5))
        segments = [
            bytes(data[a:b]) for a, b in zip([0, *cuts], [*cuts, size], strict=True) if a < b
        ]

        assert read(*segments) == read(bytes(data)), f"{number}: {segments!r}"


@pytest.mark.parametrize(
    "fields",
    [
        [b"Connection: Upgrade", b"Upgrade: h2c"],
        [b"Connection: upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AA"],
        [b"Connection: keep-alive", b"Connection: Upgrade", b"Upgrade: websocket"],
        [b"Connection: Upgrade", b"Upgrade: a", b"Upgrade: b/1, c"],
        [b"Proxy-Connection: Upgrade", b"Upgrade: TLS/1.0"],
        [b"Upgrade: h2c"],
        [b"Connection: Upgrade"],
        [b"Connection: Upgrade", b"Upgrade: h2c", b"Expect: 100-continue"],
    ],
)
@pytest.mark.parametrize("framing", [b"Content-Length: 24", b"Transfer-Encoding: chunked"])
def test_offer_to_upgrade_changes_nothing_about_the_body(
    fields: list[bytes], framing: bytes
) -> None:
    hidden = b"GET /hidden HTTP/1.1\r\n\r\n"
    body = b"18\r\n" + hidden + b"\r\n0\r\n\r\n" if b"chunked" in framing else hidden
    whole = request(*fields, framing, body=body)
    head_size = len(whole) - len(body)

    for cut in (1, head_size, head_size + 7):
        assert read(whole[:cut], whole[cut:] + PIECES[0]) == [
            ("POST", "/a", True),
            hidden,
            ("GET", "/", True),
            b"",
        ]


@pytest.mark.parametrize(
    "raw",
    [
        request(line=b"GET / HTTP/2.0"),
        request(line=b"GET / HTTP/0.9"),
        request(line=b"GET / HTTP/1.2"),
        request(line=b"GET / RTSP/1.0"),
        request(line=b"SOURCE / ICE/1.0"),
        request(line=b"GET /"),
        request(line=b"GET  / HTTP/1.1"),
        request(line=b"GET\t/ HTTP/1.1"),
        request(line=b"GET / HTTP/1.1 "),
        request(line=b"get / HTTP/1.1"),
        request(line=b"GET /a#b HTTP/1.1"),
        request(line=b"\rGET / HTTP/1.1"),
        request(line=b"\nGET / HTTP/1.1"),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        request(b"Host: b"),
        request(b"Content-Length: 1", b"Content-Length: 1", body=b"x"),
        request(b"Content-Length: 1, 1", body=b"x"),
        request(b"Content-Length: " + b"0" * 30 + b"1", body=b"x"),
        request(b"Content-Length: 3", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
        request(b"Transfer-Encoding: chunked", line=b"POST / HTTP/1.0", body=b"0\r\n\r\n"),
        request(b"Transfer-Encoding: chunked, chunked", body=b"0\r\n\r\n"),
        request(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
        request(b"Transfer-Encoding: gzip", body=b"0\r\n\r\n"),
        request(b"X: a", b" folded"),
        b"\x16\x03\x01",
        b"GET / HTTP/1.1\n",
    ],
)
def test_what_leaves_doubt_is_refused(raw: bytes) -> None:
    assert read(raw)[-1] == 400


@pytest.mark.parametrize(
    "raw",
    [
        request(b"Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n"),
        b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
def test_what_http_has_and_this_server_has_not_is_said(raw: bytes) -> None:
    assert read(raw + PIECES[0]) == [501]


@pytest.mark.parametrize(
    "wire",
    [
        b"g\r\n",
        b"\r\n",
        b"0x1\r\nx\r\n",
        b"+1\r\nx\r\n",
        b" 1\r\nx\r\n",
        b"1 \r\nx\r\n",
        b"1\nx\r\n",
        b"1\r\nxx\r\n",
        b"1\r\nx\n",
        b"1;a\x00\r\nx\r\n",
        b"1;a\n\r\nx\r\n",
        b"11111111111111111\r\n",
        b"0\r\nno field\r\n\r\n",
        b"0\r\nX : a\r\n\r\n",
        b"0\r\nX: a\r\n folded\r\n\r\n",
        b"0\r\n\n",
    ],
)
def test_broken_chunks_are_refused(wire: bytes) -> None:
    assert read(chunked(wire))[-1] == 400
    assert read(*(bytes([byte]) for byte in chunked(wire)))[-1] == 400


@pytest.mark.parametrize(
    "wire",
    [
        b"1;" + b"x" * MAX_HEAD + b"\r\nx\r\n",
        b"1;" + b"x" * MAX_HEAD * 2,
        b"1;abc\r\nx\r\n" * MAX_HEAD,
        b"0\r\n" + b"a:b\r\n" * MAX_HEAD,
        b"0\r\na:" + b"b" * MAX_HEAD * 2,
        b"1;" + b"x" * 1500 + b"\r\nx\r\n0\r\na:" + b"b" * 600 + b"\r\n\r\n",
    ],
    ids=["extension", "endless one", "many", "trailers", "a long one", "both"],
)
def test_extensions_and_trailers_fill_no_more_than_a_head(wire: bytes) -> None:
    assert read(chunked(wire))[-1] == 431


def test_trailers_are_read_over() -> None:
    trailers = b"Host: evil\r\nContent-Length: 7\r\nTransfer-Encoding: gzip\r\nX: " + b"y" * 900

    found = read(chunked(b"1\r\nx\r\n0\r\n" + trailers + b"\r\n\r\n") + PIECES[0])

    assert found == [("POST", "/a", True), b"x", ("GET", "/", True), b""]


def test_a_head_may_have_so_many_fields_and_bytes_and_no_more() -> None:
    room = MAX_HEAD - len(request(b"X: "))

    assert read(request(*[b"a:b"] * 99))[0] == ("POST", "/a", True)
    assert read(request(*[b"a:b"] * 100)) == [431]
    assert read(request(b"X: " + b"y" * room))[0] == ("POST", "/a", True)
    assert read(request(b"X: " + b"y" * (room + 1))) == [431]
    assert read(PIECES[0] + request(b"X: " + b"y" * (room + 1)))[-1] == 431
    assert read(b"\r\n" * MAX_HEAD) == [431]


def test_old_callers_are_answered_once() -> None:
    found = read(b"\r\n" + request(b"Connection: keep-alive", line=b"GET / HTTP/1.0"))

    assert found == [("GET", "/", False), b""]


def test_white_space_round_values_is_no_part_of_them() -> None:
    reader = RequestReader(MAX_HEAD)
    reader.feed(request(b"X: \t a b \t ", b"Content-Length: 0 "))

    head = reader.head()

    assert head is not None
    assert dict(head.headers)[b"x"] == b"a b"
