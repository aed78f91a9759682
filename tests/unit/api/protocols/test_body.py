"""The body reader: limits for one body, and for all of them together."""

import asyncio
from collections.abc import Iterable

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from rookery_api.base.problems import Problem
from rookery_api.protocols.body import BodyReader


def arriving(*parts: bytes, end: bool = True) -> Receive:
    """An ASGI `receive` that brings these parts, and then that the caller left."""
    messages: list[Message] = [
        {"type": "http.request", "body": part, "more_body": not end or number < len(parts)}
        for number, part in enumerate(parts, 1)
    ]
    messages.append({"type": "http.disconnect"})
    queue = iter(messages)

    async def receive() -> Message:
        return next(queue)

    return receive


def read(
    reader: BodyReader, receive: Receive, headers: Iterable[tuple[bytes, bytes]] = ()
) -> bytes:
    """The body."""
    return asyncio.run(
        reader.read({"type": "http", "headers": list(headers), "state": {}}, receive)
    )


@pytest.mark.parametrize("parts", [(b"",), (b"abcde",), (b"ab", b"", b"cde"), (b"a",) * 5])
def test_body_within_the_limit_is_whole(parts: tuple[bytes, ...]) -> None:
    assert read(BodyReader(5, 5), arriving(*parts)) == b"".join(parts)


@pytest.mark.parametrize("parts", [(b"abcdef",), (b"abc", b"def"), (b"abcdef", b""), (b"a",) * 6])
def test_body_over_the_limit_is_refused(parts: tuple[bytes, ...]) -> None:
    with pytest.raises(Problem) as caught:
        read(BodyReader(5, 100), arriving(*parts))

    assert caught.value.status == 413


def test_announced_length_is_believed_before_a_byte_is_read() -> None:
    with pytest.raises(Problem) as caught:
        read(BodyReader(5, 100), arriving(), [(b"content-length", b"6")])

    assert caught.value.status == 413


@pytest.mark.parametrize("length", [b"-1", b"1e3", b"", b"\xb2", b"9" * 30])
def test_length_that_is_none_is_refused(length: bytes) -> None:
    with pytest.raises(Problem):
        read(BodyReader(5, 100), arriving(b""), [(b"content-length", length)])


def test_all_bodies_together_are_bounded_and_give_back_what_they_took() -> None:
    reader = BodyReader(5, 6)

    with pytest.raises(ClientDisconnect):
        read(reader, arriving(b"abcde", end=False))
    assert read(reader, arriving(b"abcd", b"e")) == b"abcde"


def test_body_beyond_the_common_budget_is_asked_to_come_again() -> None:
    with pytest.raises(Problem) as caught:
        read(BodyReader(5, 3), arriving(b"abcd", b"e"))

    assert caught.value.status == 503
    assert caught.value.headers["Retry-After"]
