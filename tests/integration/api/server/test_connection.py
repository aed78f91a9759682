"""One parse of one request: what callers and proxies may disagree about.

The whole run of the random streams is `tests/torture/api/test_edge.py`.
"""

import json
import socket
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import psutil
import pytest
from tests.integration.api.support.fixture_types import NewModel, StartApi
from tests.integration.api.support.rows import BODIES, GOOD
from tests.integration.api.support.sockets import connect, read_to_end
from tests.integration.api.support.stream_fuzzing import Answer, fuzz, make_target, next_answer
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import make_bundle
from tools.harness.polling import eventually

from rookery_api.base.problems import MEDIA_TYPE

KEY = "a-key-of-some-length"
HIDDEN = b"GET /models HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: hidden\r\n\r\n"
LIVEZ = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: last\r\nConnection: close\r\n\r\n"

JAVA = [
    b"Connection: Upgrade, HTTP2-Settings",
    b"HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA",
    b"Upgrade: h2c",
    b"User-Agent: Java-http-client/17.0.13",
]
CURL = [
    b"User-Agent: curl/7.88.1",
    b"Accept: */*",
    b"Connection: Upgrade, HTTP2-Settings",
    b"Upgrade: h2c",
    b"HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA",
]
OFFERS = {
    "Java": JAVA,
    "curl": CURL,
    "WebSocket": [b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13"],
    "TLS": [b"Connection: upgrade", b"Upgrade: TLS/1.0"],
    "anything": [b"Connection: Upgrade", b"Upgrade: foo"],
    "several": [
        b"Connection: keep-alive",
        b"Connection: Upgrade",
        b"Upgrade: a, b/2",
        b"Upgrade: c",
    ],
    "with leave": [b"Connection: Upgrade", b"Upgrade: h2c", b"Expect: 100-continue"],
    "by a proxy": [b"Proxy-Connection: Upgrade", b"Upgrade: h2c"],
}


@pytest.fixture(scope="module")
def served(new_model: NewModel, start_api: StartApi) -> tuple[ApiProcess, bytes]:
    """An API, and the path of its model."""
    registered = new_model("sex")
    version = registered.promote(make_bundle(registered.spec))
    api = start_api(receive_seconds=2, send_seconds=1)
    api.await_version(registered.spec.name, version)
    return api, f"/predict/{registered.spec.name}".encode()


def post(path: bytes, *fields: bytes) -> bytes:
    """The head of a request with a JSON body."""
    head = (b"POST %s HTTP/1.1" % path, b"Host: localhost", b"Content-Type: application/json")
    return b"\r\n".join((*head, *fields, b"", b""))


def is_read(caller: int, server: int) -> bool:
    """Whether the server has read all that the caller has sent, or will read no more.

    Both by their ports. The kernel's table of connections (proc_net_tcp(5)) tells what an end has
    not yet sent and not yet read; an end that was closed with something unread is not in it.
    """
    ends = (caller, server)
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, *addresses, _, waiting = line.split()[:5]
        ports = tuple(int(address.rpartition(":")[2], 16) for address in addresses)
        unsent, unread = waiting.split(":")
        if (ports == ends and int(unsent, 16)) or (ports == ends[::-1] and int(unread, 16)):
            return False
    return True


def exchange(api: ApiProcess, *segments: bytes) -> list[Answer]:
    """The answers to the segments, each read before the next is sent, to the connection's end."""
    with connect(api) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        port = connection.getsockname()[1]
        for segment in segments:
            connection.sendall(segment)
            eventually(partial(is_read, port, api.port), what="the reading of a segment")
        received = read_to_end(connection)
    return all_answers(received)


def go_on_after_the_answer(api: ApiProcess, request: bytes, rest: bytes) -> list[Answer]:
    """The answers where `rest` is sent once the request's own answer has begun to arrive."""
    with connect(api) as connection:
        connection.sendall(request)
        received = connection.recv(1 << 16)
        connection.sendall(rest)
        received += read_to_end(connection)
    return all_answers(received)


def all_answers(received: bytes) -> list[Answer]:
    """Every answer in what was received."""
    answers = []
    while received:
        answer, received = next_answer(received, with_body=True)
        answers.append(answer)
    return answers


def summary(answers: list[Answer]) -> list[tuple[int, bytes]]:
    """Status and request id of each."""
    return [(answer.status, answer.request_id) for answer in answers]


@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
@pytest.mark.parametrize("framing", ["length", "chunked"])
@pytest.mark.parametrize("apart", [False, True], ids=["one segment", "two segments"])
def test_offer_to_upgrade_is_passed_over_and_the_body_read(
    served: tuple[ApiProcess, bytes], offer: list[bytes], framing: str, apart: bool
) -> None:
    api, path = served
    body = GOOD if framing == "length" else b"%x\r\n%b\r\n0\r\n\r\n" % (len(GOOD), GOOD)
    field = (
        b"Content-Length: %d" % len(body) if framing == "length" else b"Transfer-Encoding: chunked"
    )
    head = post(path, b"X-Request-ID: first", *offer, field)
    segments = (head, body + LAST) if apart else (head + body + LAST,)

    answers = exchange(api, *segments)

    assert summary(answers) == [(200, b"first"), (200, b"last")]


@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
def test_body_behind_an_offer_to_upgrade_is_never_a_request(
    served: tuple[ApiProcess, bytes], offer: list[bytes]
) -> None:
    api, path = served
    head = post(path, b"X-Request-ID: first", *offer, b"Content-Length: %d" % len(HIDDEN))

    answers = exchange(api, head, HIDDEN, LAST)

    assert summary(answers) == [(400, b"first"), (200, b"last")]


@pytest.mark.parametrize(
    "head",
    [
        b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\n",
        b"GET /livez HTTP/2.0\r\nHost: localhost\r\n\r\n",
        b"GET /livez RTSP/1.0\r\nHost: localhost\r\n\r\n",
        b"GET /livez HTTP/1.1\r\n\r\n",
        b"POST /livez HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"POST /livez HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: localhost\r\n" + b"a:b\r\n" * 101 + b"\r\n",
    ],
)
def test_what_is_refused_ends_the_connection_after_the_answers_before_it(
    served: tuple[ApiProcess, bytes], head: bytes
) -> None:
    api, path = served
    first = post(path, b"X-Request-ID: first", b"Content-Length: %d" % len(GOOD)) + GOOD

    for segments in ((first + head + HIDDEN,), (first, head, HIDDEN), (first + head[:9], head[9:])):
        answers = exchange(api, *segments)

        assert summary(answers)[0] == (200, b"first")
        assert len(answers) == 2
        assert answers[1].status in (400, 431, 501)
        assert json.loads(answers[1].body)["request_id"] == "none"


@pytest.mark.parametrize("apart", [False, True], ids=["one segment", "two segments"])
def test_trailers_are_never_headers(
    served: tuple[ApiProcess, bytes], start_api: StartApi, apart: bool
) -> None:
    api, path = served
    closed = start_api(api_key=KEY)
    head = post(path, b"X-Request-ID: first", b"Transfer-Encoding: chunked")
    body = b"%x\r\n%b\r\n0\r\n" % (len(GOOD), GOOD)
    trailers = (
        b"Host: evil\r\nContent-Encoding: gzip\r\nX-Request-ID: trailer\r\nContent-Length: 9\r\n"
        b"Content-Type: text/plain\r\nX-API-Key: %b\r\nConnection: close\r\n\r\n" % KEY.encode()
    )
    segments = (head + body, trailers + LAST) if apart else (head + body + trailers + LAST,)

    assert summary(exchange(api, *segments)) == [(200, b"first"), (200, b"last")]
    assert summary(exchange(closed, *segments)) == [(401, b"first"), (200, b"last")]


def is_taken(connection: socket.socket, data: bytes) -> bool:
    """Whether the other side still takes data."""
    time.sleep(0.005)
    try:
        connection.sendall(data)
    except (ConnectionResetError, BrokenPipeError):
        return False
    return True


@pytest.mark.parametrize("path", [b"/livez", b"/nowhere"])
def test_trailers_take_no_memory(served: tuple[ApiProcess, bytes], path: bytes) -> None:
    api, _ = served
    process = psutil.Process(api.process.pid)
    api.client.get("/livez")
    before = process.memory_info().rss

    with connect(api) as connection:
        connection.sendall(
            b"GET %b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" % path
        )
        sent = 0
        while sent < 200 and is_taken(connection, b"a:b\r\n" * 12500):
            sent += 1

    assert sent < 200
    assert process.memory_info().rss - before < 8 * 2**20


def test_broken_body_of_what_has_been_answered_gets_no_second_answer(
    served: tuple[ApiProcess, bytes],
) -> None:
    api, _ = served
    head = b"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: first\r\n"

    chunked, sized = b"Transfer-Encoding: chunked\r\n\r\n", b"Content-Length: 9\r\n\r\n"
    broken = go_on_after_the_answer(api, head + chunked, b"no chunk\r\n")
    slow = go_on_after_the_answer(api, head + sized, b"x")

    assert summary(broken) == summary(slow) == [(404, b"first")]


def test_caller_who_has_sent_all_gets_his_answers(served: tuple[ApiProcess, bytes]) -> None:
    api, path = served
    first = post(path, b"X-Request-ID: first", b"Content-Length: %d" % len(GOOD)) + GOOD

    with connect(api) as connection:
        connection.sendall(first + first + b"GET / HT")
        connection.shutdown(socket.SHUT_WR)
        received = read_to_end(connection)

    statuses = []
    while received:
        answer, received = next_answer(received, with_body=True)
        statuses.append(answer.status)
    assert statuses == [200, 200, 400]


def test_refused_caller_who_goes_on_sending_reads_why(served: tuple[ApiProcess, bytes]) -> None:
    api, _ = served

    with connect(api) as connection:
        connection.sendall(b"no request\r\n")
        for _ in range(20):
            connection.sendall(b"x" * 10_000)
            time.sleep(0.01)
        received = read_to_end(connection)

    assert received.startswith(b"HTTP/1.1 400")
    assert MEDIA_TYPE.encode() in received


def test_caller_who_waits_for_leave_and_is_answered_instead_is_not_misread(
    served: tuple[ApiProcess, bytes],
) -> None:
    api, _ = served
    head = b"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"

    head += b"Content-Length: %d\r\n\r\n" % len(HIDDEN)
    answers = go_on_after_the_answer(api, head, HIDDEN)

    assert [(answer.status, answer.closes) for answer in answers] == [(404, True)]


def test_long_pipeline_is_answered_in_order_and_takes_no_memory(
    served: tuple[ApiProcess, bytes],
) -> None:
    api, _ = served
    count = 4000
    asked = [b"%d" % number for number in range(count)]
    request = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: %b\r\n\r\n"
    process = psutil.Process(api.process.pid)
    before = process.memory_info().rss

    answers = exchange(api, b"".join(request % number for number in asked) + LAST)

    assert [answer.request_id for answer in answers] == [*asked, b"last"]
    assert process.memory_info().rss - before < 8 * 2**20


def test_full_house_lets_go_who_has_been_idle_longest(
    served: tuple[ApiProcess, bytes], start_api: StartApi
) -> None:
    api = start_api(max_connections=20, receive_seconds=30)
    api.client.close()
    api.client = type(api.client)(base_url=api.url, timeout=30, trust_env=False)
    half = b"GET /livez HTTP/1.1\r\nX-Request-ID: half\r\n"

    with ExitStack() as stack:
        idle = [stack.enter_context(connect(api)) for _ in range(17)]
        for connection in idle:
            connection.sendall(LIVEZ)
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        busy = [stack.enter_context(connect(api)) for _ in range(3)]
        for connection in busy:
            connection.sendall(half)
        # The first one is idle for a shorter time than the others now.
        idle[0].sendall(LIVEZ)
        assert idle[0].recv(65536).startswith(b"HTTP/1.1 200")
        new = [stack.enter_context(connect(api)) for _ in range(5)]
        for connection in new:
            connection.sendall(LIVEZ)
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")

        assert [connection.recv(65536) for connection in idle[1:6]] == [b""] * 5
        for connection in (idle[0], *idle[6:]):
            connection.sendall(LIVEZ)
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        for connection in busy:
            connection.sendall(b"Host: localhost\r\n\r\n")
            answer, _ = next_answer(connection.recv(65536), with_body=True)
            assert (answer.status, answer.request_id) == (200, b"half")
    eventually(lambda: api.metric("rookery_api_connections_cut_total", reason="idle") == 5)


def test_full_house_of_half_requests_says_so(start_api: StartApi) -> None:
    api = start_api(max_connections=10, receive_seconds=5)
    api.client.close()
    api.client = type(api.client)(base_url=api.url, timeout=30, trust_env=False)

    with ExitStack() as stack:
        for connection in [stack.enter_context(connect(api)) for _ in range(10)]:
            connection.sendall(LIVEZ[:-2])
        time.sleep(1.5)
        refused = read_to_end(stack.enter_context(connect(api)))

    assert refused.startswith(b"HTTP/1.1 503")


def test_silent_connections_make_room(start_api: StartApi) -> None:
    api = start_api(max_connections=10, receive_seconds=30)
    api.client.close()
    api.client = type(api.client)(base_url=api.url, timeout=30, trust_env=False)

    with ExitStack() as stack:
        silent = [stack.enter_context(connect(api)) for _ in range(10)]
        time.sleep(1.5)
        new = stack.enter_context(connect(api))
        new.sendall(LIVEZ)

        assert new.recv(65536).startswith(b"HTTP/1.1 200")
        assert silent[0].recv(65536) == b""


def test_empty_line_does_not_keep_a_connection_for_ever(start_api: StartApi) -> None:
    api = start_api(receive_seconds=1)

    with connect(api) as connection:
        connection.sendall(LIVEZ)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        connection.sendall(b"\r\n")

        assert connection.recv(65536) == b""


def test_idle_connection_ends_in_time(start_api: StartApi) -> None:
    api = start_api(keep_alive_seconds=1)

    with connect(api) as connection:
        begun = time.monotonic()
        connection.sendall(LIVEZ)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")

        assert connection.recv(65536) == b""
        assert time.monotonic() - begun > 0.9


def test_three_hundred_streams_are_answered_as_another_parser_reads_them(
    new_model: NewModel, start_api: StartApi
) -> None:
    registered = new_model("sex")
    version = registered.promote(make_bundle(registered.spec))
    api = start_api()
    api.await_version(registered.spec.name, version)

    assert fuzz(make_target(api, registered, BODIES), range(300)) == 300
    assert {event["event"] for event in api.events() if event["level"] == "warning"} == set()
