"""Streams of requests, sent to an API, and its answers held against the reference parse."""

import re
import socket
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
from tests.integration.api.support.reference_parse import Parsed, parse_all
from tests.integration.api.support.request_streams import Stream, make_stream
from tests.some import some
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import RegisteredModel

PROBE = (
    b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: probe\r\nConnection: close\r\n\r\n"
)
_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_ANSWER = re.compile(rb"HTTP/1\.1 (\d{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n")


@dataclass(frozen=True)
class Answer:
    """One answer of the API."""

    status: int
    request_id: bytes
    """Empty where the edge answered before there was a request."""
    body: bytes
    closes: bool
    """Whether it says that the connection ends with it."""


@dataclass(frozen=True)
class Target:
    """The API, and what it answers to the bodies of the streams."""

    api: ApiProcess
    model: str
    answers: dict[bytes, bytes]


def make_target(api: ApiProcess, registered: RegisteredModel, bodies: Iterable[bytes]) -> Target:
    """The target, after each body was asked for plainly."""
    headers = {"Content-Type": "application/json"}
    answers = {}
    for body in some(bodies):
        answer = api.client.post(f"/predict/{registered.spec.name}", content=body, headers=headers)
        assert answer.status_code == httpx.codes.OK
        answers[body] = answer.content
    assert len(set(answers.values())) == len(answers)
    return Target(api, registered.spec.name, answers)


def fuzz(target: Target, seeds: Iterable[int]) -> int:
    """How many streams were answered as the reference parse says.

    Fails with the seeds whose streams were not.
    """
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda seed: check(target, seed), seeds))
    faults = [result for result in results if result]
    assert not faults, f"{len(faults)} of {len(results)}:\n" + "\n".join(faults[:10])
    return len(results)


def check(target: Target, seed: int) -> str:
    """What is wrong with the answers to the stream of `seed`; nothing where they are right."""
    stream = make_stream(seed, target.model, tuple(target.answers))
    expected = parse_all(stream.whole)
    received = exchange(target.api.port, stream, expected)
    try:
        compare(target, expected, received)
    except AssertionError as error:
        return (
            f"seed {seed}: {error}\nsent {stream.segments!r:.3000}\nexpected {expected!r:.1000}"
            f"\nreceived {received!r:.2000}"
        )
    return ""


def exchange(port: int, stream: Stream, expected: list[Parsed]) -> bytes:
    """All that the API says to the stream, to the end of the connection.

    Where the connection outlives the stream, a last request shows that it is where it should be.
    """
    open_after = all(parsed.goes_on for parsed in expected) and stream.whole.endswith(b"\n")
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for segment in stream.segments:
                connection.sendall(segment)
                if stream.pauses:
                    time.sleep(0.002)
            if open_after:
                connection.sendall(PROBE)
            else:
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it has been refused: what it was told is read below
        received = b""
        while True:
            try:
                part = connection.recv(1 << 16)
            except ConnectionResetError:
                return received
            except TimeoutError:
                return received + b"and then nothing"
            if not part:
                return received
            received += part


def compare(target: Target, expected: list[Parsed], received: bytes) -> None:
    """Passes where each request has its one answer, in order, and nothing else has one."""
    for parsed in some(expected):
        if parsed.end == "unclear":
            next_answer(received, with_body=False)
            return
        answer, received = next_answer(received, parsed.method != b"HEAD")
        if parsed.end == "whole":
            check_answer(target, parsed, answer)
            if parsed.expects and answer.closes:
                # It was answered instead of being told to send its body (RFC 9110, 10.1.1).
                break
        elif parsed.end.startswith("body") and answer.request_id:
            # Whoever asks for something that needs no body may be answered before its fault comes.
            assert not wants_body(target, parsed), "a broken body was answered"
            check_id(parsed, answer)
        else:
            assert not answer.request_id, "what can't be read was answered"
            assert answer.status in (400, 431, 501), answer
    else:
        if received and all(parsed.goes_on for parsed in expected):
            check_probe(received)
            return
    assert not received, "there is an answer too many"


def check_probe(received: bytes) -> None:
    """The last request, which was sent behind the stream, has the last answer."""
    answer, received = next_answer(received, with_body=True)
    assert (answer.status, answer.request_id) == (200, b"probe"), answer
    assert not received, "there is an answer too many"


def next_answer(received: bytes, with_body: bool) -> tuple[Answer, bytes]:
    """The first answer that is not interim, and what follows it."""
    found = _ANSWER.match(received)
    while found is not None and found[1] == b"100":
        received = received[found.end() :]
        found = _ANSWER.match(received)
    assert found is not None, "an answer is missing"
    fields = dict(line.split(b": ", 1) for line in found[2].split(b"\r\n") if line)
    size = int(fields[b"content-length"]) if with_body else 0
    body = received[found.end() : found.end() + size]
    assert len(body) == size, "an answer is short"
    answer = Answer(
        int(found[1]),
        fields.get(b"x-request-id", b""),
        body,
        closes=fields.get(b"connection") == b"close",
    )
    return answer, received[found.end() + size :]


def check_answer(target: Target, parsed: Parsed, answer: Answer) -> None:
    """The answer is that of the request, and to its body."""
    check_id(parsed, answer)
    if wants_body(target, parsed) and parsed.body in target.answers:
        assert answer.status == 200, answer
        assert answer.body == target.answers[parsed.body], answer


def check_id(parsed: Parsed, answer: Answer) -> None:
    """The answer names the request."""
    assert answer.request_id, "a request was refused"
    if _ID.fullmatch(parsed.request_id):
        assert answer.request_id == parsed.request_id, answer


def wants_body(target: Target, parsed: Parsed) -> bool:
    """Whether the request is one to the model."""
    path = parsed.target.removeprefix(b"http://localhost")
    return (
        parsed.method == b"POST"
        and path == f"/predict/{target.model}".encode()
        and parsed.host == b"localhost"
        and parsed.content_type == b"application/json"
    )
