"""Compressed bodies: they become what they were, and never more than a plain one may be."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import pytest

from rookery_api.base.problems import Problem
from rookery_api.protocols.content_coding import MAX_MEMBERS, coding_of, inflated

BODY = b'{"mass": 3750}' * 20
COMPRESS: dict[bytes, Callable[[bytes], bytes]] = {
    b"gzip": gzip.compress,
    b"x-gzip": gzip.compress,
    b"deflate": zlib.compress,
}
MIB = 1024 * 1024


@pytest.mark.parametrize("coding", COMPRESS)
@pytest.mark.parametrize("body", [b"", b"x", BODY])
def test_body_becomes_what_it_was(coding: bytes, body: bytes) -> None:
    assert inflated(coding, COMPRESS[coding](body), len(body)) == body


@pytest.mark.parametrize("coding", COMPRESS)
def test_a_byte_more_than_a_plain_body_may_have_is_refused(coding: bytes) -> None:
    with pytest.raises(Problem) as caught:
        inflated(coding, COMPRESS[coding](BODY), len(BODY) - 1)

    assert caught.value.status == 413


@pytest.mark.parametrize("coding", COMPRESS)
@pytest.mark.parametrize("members", [1, 2])
def test_what_a_bomb_would_become_is_never_built(coding: bytes, members: int) -> None:
    bomb = COMPRESS[coding](b" " * 50 * MIB) * members
    tracemalloc.start()

    with pytest.raises(Problem) as caught:
        inflated(coding, bomb, MIB)

    assert caught.value.status == 413
    assert tracemalloc.get_traced_memory()[1] < 4 * MIB
    tracemalloc.stop()


def test_members_are_counted_and_share_the_limit() -> None:
    member = gzip.compress(BODY)

    assert inflated(b"gzip", member * 3, 3 * len(BODY)) == BODY * 3
    with pytest.raises(Problem) as caught:
        inflated(b"gzip", member * 3, 3 * len(BODY) - 1)
    assert caught.value.status == 413
    with pytest.raises(Problem) as caught:
        inflated(b"gzip", gzip.compress(b"") * (MAX_MEMBERS + 1), MIB)
    assert caught.value.status == 400


@pytest.mark.parametrize("coding", COMPRESS)
@pytest.mark.parametrize("change", ["cut", "followed", "plain", "empty", "other", "checksum"])
def test_what_is_not_whole_or_not_of_its_coding_is_refused(coding: bytes, change: str) -> None:
    whole = COMPRESS[coding](BODY)
    other = zlib.compress(BODY) if coding != b"deflate" else gzip.compress(BODY)
    sent = {
        "cut": whole[:-1],
        "followed": whole + b"x",
        "plain": BODY,
        "empty": b"",
        "other": other,
        "checksum": whole[:-6] + b"\0\0\0\0\0\0",
    }[change]

    with pytest.raises(Problem) as caught:
        inflated(coding, sent, MIB)

    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ([], None),
        ([b"identity"], None),
        ([b" Identity "], None),
        ([b"GZIP"], b"gzip"),
        ([b" deflate"], b"deflate"),
    ],
)
def test_coding_is_read_from_its_header(sent: list[bytes], found: bytes | None) -> None:
    headers = [(b"host", b"x"), *((b"content-encoding", each) for each in sent)]

    assert coding_of(headers) == found


@pytest.mark.parametrize(
    "sent", [[b"br"], [b"zstd"], [b""], [b"gzip, gzip"], [b"gzip", b"gzip"], [b"identity", b"gzip"]]
)
def test_other_codings_and_several_are_refused_with_those_that_are_taken(sent: list[bytes]) -> None:
    with pytest.raises(Problem) as caught:
        coding_of([(b"content-encoding", each) for each in sent])

    assert caught.value.status == 415
    assert caught.value.headers["Accept-Encoding"] == "gzip, deflate, identity"
