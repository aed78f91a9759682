"""Tests of `rookery_api.server.response_head`: the head of a response, as it goes over the wire."""

import asyncio
import logging

import pytest
from uvicorn.protocols.http.flow_control import FlowControl

from rookery_api.server.response_head import Cycle, Header, head_of
from rookery_api.server.response_sender import CLOSE, CONSTANT_HEADERS


class Wire(asyncio.Transport):
    """Keeps what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """The data are kept."""
        self.written += data

    def close(self) -> None:
        """The connection has ended."""
        self.closed = True


def answered(
    *headers: Header, method: str = "GET", status: int = 200, body: bytes = b"", keep: bool = True
) -> tuple[list[bytes], bytes, bool]:
    """The lines of the head, the rest, and whether the connection has ended."""
    wire = Wire()

    async def run() -> None:
        cycle = Cycle(
            scope={"type": "http", "method": method},  # type: ignore[typeddict-item]
            transport=wire,
            flow=FlowControl(wire),
            logger=logging.getLogger("test"),
            access_logger=logging.getLogger("test"),
            access_log=False,
            default_headers=[(b"date", b"today")],
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=keep,
            on_response=lambda: None,
        )
        await cycle.send(
            {"type": "http.response.start", "status": status, "headers": list(headers)}
        )
        await cycle.send({"type": "http.response.body", "body": body})

    asyncio.run(run())
    head, _, rest = wire.written.partition(b"\r\n\r\n")
    return head.split(b"\r\n"), rest, wire.closed


def test_head_has_the_server_s_fields_then_those_of_the_answer() -> None:
    lines, rest, closed = answered(
        (b"content-length", b"2"), *CONSTANT_HEADERS, (b"x-more", b"1"), body=b"ok"
    )

    constant = [name + b": " + value for name, value in CONSTANT_HEADERS]
    assert lines == [
        b"HTTP/1.1 200 OK",
        b"date: today",
        b"content-length: 2",
        *constant,
        b"x-more: 1",
    ]
    assert (rest, closed) == (b"ok", False)


def test_answer_without_a_length_is_chunked() -> None:
    lines, rest, _ = answered(body=b"ok")

    assert b"transfer-encoding: chunked" in lines
    assert rest == b"2\r\nok\r\n0\r\n\r\n"


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_answer_without_a_body_is_not_chunked(method: str, status: int) -> None:
    lines, rest, _ = answered(method=method, status=status)

    assert b"transfer-encoding: chunked" not in lines
    assert rest == b""


@pytest.mark.parametrize(("headers", "keep"), [([CLOSE], True), ([CLOSE], False), ([], False)])
def test_connection_that_ends_says_so_once(headers: list[Header], keep: bool) -> None:
    lines, _, closed = answered((b"content-length", b"0"), *headers, keep=keep)

    assert lines.count(b"connection: close") == 1
    assert closed


@pytest.mark.parametrize(
    "header",
    [
        (b"x-more", b"1\r\nx-other: 2"),
        (b"x-more", b"1\n"),
        (b"x-more", b"1\r"),
        (b"x-more", b"\x00"),
        (b"x-more", b"\x7f"),
        (b"x more", b"1"),
        (b"x-more: 1\r\nx", b"1"),
        (b"x:", b"1"),
        (b"", b"1"),
    ],
)
def test_header_that_would_break_the_head_is_refused(header: Header) -> None:
    with pytest.raises(ValueError, match="can't have the header"):
        head_of(200, [header])
