"""Answers in parts: the same bytes as in one piece."""

import asyncio
import json

import numpy as np
import pytest
from starlette.types import Message

from rookery_api.base.responses import PART_BYTES, PartedResponse, encode
from rookery_api.protocols.answers import STEP_NUMBERS, number_parts
from rookery_runtime.steps import at_once


@pytest.mark.parametrize("shape", [(1, 2), (3, STEP_NUMBERS), (STEP_NUMBERS, 3), (7, 1001)])
def test_numbers_in_parts_are_those_of_the_whole_list(shape: tuple[int, int]) -> None:
    probabilities = np.random.default_rng(0).random(shape, dtype=np.float32)

    parts = at_once(number_parts(probabilities))

    assert b"[" + b"".join(parts) + b"]" == encode(probabilities.ravel().tolist())
    assert max(map(len, parts)) < STEP_NUMBERS * 30


def sent(response: PartedResponse) -> list[Message]:
    """What the response sends."""
    messages: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        messages.append(message)

    asyncio.run(response({"type": "http"}, receive, send))
    return messages


@pytest.mark.parametrize(
    ("parts", "messages"),
    [([b"{", b"}"], 1), ([b"x" * PART_BYTES], 1), ([b"x" * PART_BYTES, b"", b"y", b""], 2)],
)
def test_parts_are_sent_under_their_common_length(parts: list[bytes], messages: int) -> None:
    head, *bodies = sent(PartedResponse(parts, "application/json", {"X-More": "1"}))

    headers = dict(head["headers"])
    assert headers[b"content-length"] == str(sum(map(len, parts))).encode()
    assert headers[b"content-type"] == b"application/json"
    assert headers[b"x-more"] == b"1"
    assert b"".join(body["body"] for body in bodies) == b"".join(parts)
    assert [body.get("more_body", False) for body in bodies] == [True] * (messages - 1) + [False]


@pytest.mark.parametrize(
    "document",
    [
        [0.1, 1.0, -0.0, 1e-45, 1e-5, 3.4028234663852886e38, 16777217, 2**63, True, None],
        {"Größe": 'ß\u2028\x00\x7f"\\/😀', "": [], "a": {}, "b": [{"c": ""}]},
        "text",
        None,
    ],
)
def test_document_is_json_in_utf_8_without_spaces_that_says_the_same(document: object) -> None:
    written = encode(document)

    assert repr(json.loads(written)) == repr(document)
    assert b" " not in written
    assert "ß" not in str(document) or "ß".encode() in written


def test_answer_in_parts_is_json() -> None:
    answer = at_once(number_parts(np.array([[0.25, 0.75]], dtype=np.float32)))

    assert json.loads(b"[" + b"".join(answer) + b"]") == [0.25, 0.75]
