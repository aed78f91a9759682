"""What callers may send on one connection: requests of every kind, whole, broken and cut anyhow.

One seed makes one stream, again and again.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

ROWS = 4
"""How many bodies a stream picks from."""
PATHS = (b"/predict/MODEL", b"/livez", b"/v2", b"/nowhere")
HOST = b"Host: localhost\r\n"
JSON = b"Content-Type: application/json\r\n"


@dataclass(frozen=True)
class Stream:
    """One connection's worth of bytes."""

    seed: int
    segments: tuple[bytes, ...]
    pauses: bool
    """Whether the segments should arrive one by one."""

    @property
    def whole(self) -> bytes:
        """All that is sent."""
        return b"".join(self.segments)


def make_stream(seed: int, model: str, bodies: tuple[bytes, ...]) -> Stream:
    """The stream of `seed`; its n-th request carries the id `SEED-n`."""
    # No secret hangs on it, and a failing seed must come again.
    rnd = random.Random(seed)
    requests = []
    for number in range(rnd.choice((1, 1, 2, 3, 5))):
        requests.append(make_request(rnd, f"{seed}-{number}", bodies))
    data = b"".join(requests).replace(b"MODEL", model.encode())
    if rnd.random() < 0.3:
        data = damage(rnd, data)
    if rnd.random() < 0.1:
        data = data[: rnd.randrange(1, len(data) + 1)]
    return Stream(seed, cut(rnd, data), rnd.random() < 0.5)


def make_request(rnd: random.Random, request_id: str, bodies: tuple[bytes, ...]) -> bytes:
    """A request, mostly one that is right."""
    path = rnd.choice(PATHS[:1] * 5 + PATHS)
    body = rnd.choice(bodies) if path.startswith(b"/predict") or rnd.random() < 0.3 else b""
    method = b"POST" if body else rnd.choice((b"GET", b"GET", b"HEAD"))
    version = b"HTTP/1.0" if rnd.random() < 0.05 else b"HTTP/1.1"
    if rnd.random() < 0.05:
        path = b"http://localhost" + path
    fields = [HOST, JSON, b"X-Request-ID: " + request_id.encode() + b"\r\n"]
    fields += rnd.choice(OFFERS)
    wire = body
    if body or rnd.random() < 0.1:
        field, wire = encode(rnd, body)
        fields.append(field)
        if rnd.random() < 0.15:
            fields.append(b"Expect: 100-continue\r\n")
    if rnd.random() < 0.07:
        fields += rnd.choice(DOUBTS)
    rnd.shuffle(fields)
    line = b" ".join((method, path, version)) + b"\r\n"
    if rnd.random() < 0.04:
        line = rnd.choice(LINES)
    before = b"\r\n" * rnd.choice((0,) * 9 + (1,))
    return b"".join((before, line, *fields, b"\r\n", wire))


OFFERS: tuple[list[bytes], ...] = (
    [],
    [],
    [],
    [b"Connection: Upgrade\r\n", b"Upgrade: h2c\r\n"],
    [
        b"Connection: Upgrade, HTTP2-Settings\r\n",
        b"Upgrade: h2c\r\n",
        b"HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n",
    ],
    [b"Connection: upgrade\r\n", b"Upgrade: websocket\r\n", b"Sec-WebSocket-Version: 13\r\n"],
    [b"Connection: keep-alive\r\n", b"Connection: Upgrade\r\n", b"Upgrade: a, b/2\r\n"],
    [b"Connection: Upgrade\r\n", b"Upgrade: TLS/1.0\r\n", b"Upgrade: foo\r\n"],
    [b"Upgrade: h2c\r\n"],
    [b"Connection: Upgrade\r\n"],
    [b"Connection: Upgrade, close\r\n", b"Upgrade: h2c\r\n"],
    [b"Connection: close\r\n"],
    [b"TE: trailers\r\n"],
)
"""What a request may offer or ask beside itself; none of it changes how it is read."""

DOUBTS: tuple[list[bytes], ...] = (
    [b"Content-Length: 3\r\n"],
    [b"Content-Length: 3\r\n", b"Content-Length: 3\r\n"],
    [b"Content-Length: +3\r\n"],
    [b"Content-Length: 3, 3\r\n"],
    [b"Content-Length: 0x3\r\n"],
    [b"Content-Length: 99999999999999999999999\r\n"],
    [b"Content-Length:\r\n"],
    [b"Transfer-Encoding: chunked\r\n"],
    [b"Transfer-Encoding: gzip, chunked\r\n"],
    [b"Transfer-Encoding: gzip\r\n"],
    [b"Transfer-Encoding: identity\r\n"],
    [b"Transfer-Encoding: chunked, chunked\r\n"],
    [b"Transfer-Encoding: xchunked\r\n"],
    [b"Transfer-Encoding : chunked\r\n"],
    [HOST],
    [b"X: a\r\n folded\r\n"],
    [b"X: a\x00b\r\n"],
    [b"X: a\rb\r\n"],
    [b"X: a\nb: c\r\n"],
    [b"X\r\n"],
    [b": x\r\n"],
    [b"a:b\r\n"] * 110,
    [b"X: " + b"y" * 40_000 + b"\r\n"],
)
"""Fields that leave doubt, or may not be."""

LINES = (
    b"CONNECT localhost:80 HTTP/1.1\r\n",
    b"PRI * HTTP/2.0\r\n",
    b"GET / HTTP/2.0\r\n",
    b"GET / HTTP/1.2\r\n",
    b"GET /\r\n",
    b"get /livez HTTP/1.1\r\n",
    b"GET  /livez HTTP/1.1\r\n",
    b"GET /livez  HTTP/1.1\r\n",
    b"GET /livez HTTP/1.1 \r\n",
    b"GET /livez HTTP/1.1\n",
    b"GET /li vez HTTP/1.1\r\n",
    b"GET /livez#top HTTP/1.1\r\n",
    b"GET /\xff HTTP/1.1\r\n",
    b" GET /livez HTTP/1.1\r\n",
    b"OPTIONS * RTSP/1.0\r\n",
)
"""Request lines that are none here."""


def encode(rnd: random.Random, body: bytes) -> tuple[bytes, bytes]:
    """The field that says how long the body is, and the body as it goes over the wire."""
    if rnd.random() < 0.5:
        return b"Content-Length: %d\r\n" % len(body), body
    wire = b""
    for part in cut(rnd, body):
        size = b"%x" % len(part) if rnd.random() < 0.9 else b"000%X" % len(part)
        extension = rnd.choice((b"",) * 8 + (b";a", b";a=b", b';a="b c";d'))
        wire += size + extension + b"\r\n" + part + b"\r\n"
    wire += b"0" + rnd.choice((b"",) * 5 + (b";last",)) + b"\r\n"
    wire += b"".join(rnd.choice(TRAILERS)) + b"\r\n"
    if rnd.random() < 0.08:
        wire = rnd.choice(DAMAGES)(wire)
    return b"Transfer-Encoding: chunked\r\n", wire


TRAILERS: tuple[list[bytes], ...] = (
    [],
    [],
    [b"X-Checksum: 1\r\n"],
    [b"Host: evil\r\n", b"X-API-Key: x\r\n", b"Content-Encoding: gzip\r\n"],
    [b"X-Request-ID: trailer\r\n", b"Content-Length: 7\r\n", b"Transfer-Encoding: chunked\r\n"],
    [b"a:b\r\n"] * 300,
    [b"a:b\r\n"] * 9000,
    [b"no field\r\n"],
    [b"X: a\r\n folded\r\n"],
)
DAMAGES: tuple[Callable[[bytes], bytes], ...] = (
    lambda wire: b"g" + wire,
    lambda wire: b" " + wire,
    lambda wire: b"-" + wire,
    lambda wire: b"0x" + wire,
    lambda wire: wire.replace(b"\r\n", b"\n", 1),
    lambda wire: wire.replace(b"\r\n", b" \r\n", 1),
    lambda wire: wire.replace(b"\r\n", b";" + b"x" * 40_000 + b"\r\n", 1),
    lambda wire: wire.replace(b"\r\n", b";\x00\r\n", 1),
    lambda wire: b"ffffffffffffffff0" + wire,
)
"""What makes a chunked body none."""


def damage(rnd: random.Random, data: bytes) -> bytes:
    """A byte or two put in, taken out or changed."""
    broken = bytearray(data)
    for _ in range(rnd.choice((1, 1, 2))):
        at = rnd.randrange(len(broken))
        piece = rnd.choice((b"\r", b"\n", b"\r\n", b" ", b"\t", b":", b"\x00", b"0", b"f", b"\xe9"))
        end = at + rnd.choice((0, 1, 1, 2))
        broken[at:end] = rnd.choice((piece, b""))
    return bytes(broken)


def cut(rnd: random.Random, data: bytes) -> tuple[bytes, ...]:
    """The data in pieces, none of them empty."""
    places = (
        rnd.sample(range(1, len(data)), min(len(data) - 1, rnd.choice((0, 1, 2, 3, 8))))
        if (len(data) > 1)
        else []
    )
    ends = [*sorted(places), len(data)]
    return tuple(data[a:b] for a, b in zip([0, *ends], ends, strict=False) if a < b)
