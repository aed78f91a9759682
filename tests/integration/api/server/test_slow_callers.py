"""Callers who send slowly, too much, or nothing: they are cut, and others do not notice."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from tests.integration.api.support.fixture_types import NewModel, StartApi
from tests.integration.api.support.rows import GOOD
from tests.integration.api.support.sockets import connect, read_to_end
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import make_bundle
from tools.harness.polling import eventually

RECEIVE_SECONDS = 1.0
HEAD = b"POST /predict/%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def served(new_model: NewModel, start_api: StartApi) -> tuple[ApiProcess, bytes]:
    """An API with little patience, and the head of a request to its model."""
    registered = new_model("sex")
    version = registered.promote(make_bundle(registered.spec))
    api = start_api(receive_seconds=RECEIVE_SECONDS, send_seconds=1, max_connections=40)
    api.await_version(registered.spec.name, version)
    return api, HEAD % registered.spec.name.encode()


def drip(connection: socket.socket, parts: Iterator[bytes]) -> tuple[float, bytes]:
    """Sends a part each tenth of a second; how long that went, and what came back."""
    begun = time.monotonic()
    connection.settimeout(0.1)
    received = b""
    for part in parts:
        try:
            connection.sendall(part)
            received += (got := connection.recv(65536))
            if not got:
                break
        except TimeoutError:
            continue
        except (ConnectionResetError, BrokenPipeError):
            break
        if time.monotonic() - begun > 10:
            break
    return time.monotonic() - begun, received


@pytest.mark.parametrize("stage", ["nothing", "head", "body", "chunks", "unread body"])
def test_slow_sender_is_cut_with_an_answer(served: tuple[ApiProcess, bytes], stage: str) -> None:
    api, head = served
    starts = {
        "nothing": b"",
        "head": head,
        "body": head + b"Content-Length: 500\r\n\r\n{",
        "chunks": head + b"Transfer-Encoding: chunked\r\n\r\n",
        "unread body": b"GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 999\r\n\r\n",
    }
    more = {"nothing": b"", "head": b"X: y\r\n", "chunks": b"1\r\n \r\n"}.get(stage, b" ")

    with connect(api) as connection:
        connection.sendall(starts[stage])
        seconds, received = drip(connection, iter(lambda: more, None))

    assert RECEIVE_SECONDS * 0.8 <= seconds <= RECEIVE_SECONDS + 2
    expected = b"HTTP/1.1 200" if stage == "unread body" else b"HTTP/1.1 408"
    assert received.startswith(expected)


def test_others_are_served_while_slow_senders_hang_on(served: tuple[ApiProcess, bytes]) -> None:
    api, head = served

    with ExitStack() as stack:
        for _ in range(30):
            stack.enter_context(connect(api)).sendall(head)
        answers = [
            api.client.post(
                head.split()[1].decode(),
                content=GOOD,
                headers={"Content-Type": "application/json"},
            ).status_code
            for _ in range(20)
        ]

    assert answers == [200] * 20


def test_connection_beyond_the_last_is_told_to_come_back(
    served: tuple[ApiProcess, bytes],
) -> None:
    api, _ = served
    api.client.close()
    api.client = type(api.client)(base_url=api.url, timeout=30, trust_env=False)

    with ExitStack() as stack:
        connections = [stack.enter_context(connect(api)) for _ in range(45)]
        refused = read_to_end(connections[-1])

    assert refused.startswith(b"HTTP/1.1 503")
    assert b"retry-after: 1" in refused
    eventually(lambda: api.client.get("/livez").status_code == 200)


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nX: " + b"y" * 80_000,
        b"GET /" + b"y" * 80_000 + b" HTTP/1.1\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
    ],
    ids=["one header", "the path", "many headers"],
)
def test_large_head_is_refused(served: tuple[ApiProcess, bytes], head: bytes) -> None:
    api, _ = served

    with connect(api) as connection:
        connection.sendall(head)
        answer = read_to_end(connection)

    assert answer.startswith(b"HTTP/1.1 431")
    assert b"application/problem+json" in answer


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
    ],
    ids=["TLS", "NUL", "two hosts", "no host", "smuggling", "length", "path", "version"],
)
def test_what_is_no_proper_http_is_refused(
    served: tuple[ApiProcess, bytes], request_bytes: bytes
) -> None:
    api, _ = served

    with connect(api) as connection:
        connection.sendall(request_bytes)
        connection.shutdown(socket.SHUT_WR)
        answer = read_to_end(connection)

    assert answer.startswith(b"HTTP/1.1 400")
    assert b"application/problem+json" in answer


def test_caller_who_does_not_read_is_cut(served: tuple[ApiProcess, bytes]) -> None:
    api, _ = served
    asking = b"GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n"

    with connect(api) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(asking * 20)
        eventually(
            lambda: api.metric("rookery_api_connections_cut_total", reason="unread") >= 1,
            what="the cut",
        )


def test_request_beyond_those_under_way_is_told_to_come_back(
    served: tuple[ApiProcess, bytes], start_api: StartApi
) -> None:
    _, head = served
    api = start_api(max_in_flight=2)
    eventually(lambda: api.client.get("/readyz").status_code == 200)
    half = head + b"Content-Length: %d\r\n\r\n" % len(GOOD) + GOOD[:10]

    with connect(api) as first, connect(api) as second:
        for connection in (first, second):
            connection.sendall(half)
        eventually(lambda: api.metric("rookery_api_requests_in_flight") >= 2)
        refused = api.client.get("/models")

        assert (refused.status_code, refused.json()["reason"]) == (503, "overloaded")
        assert int(refused.headers["retry-after"]) >= 1
        assert api.client.get("/livez").status_code == 200
        for connection in (first, second):
            connection.sendall(GOOD[10:])
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")

    assert api.client.get("/models").status_code == 200
