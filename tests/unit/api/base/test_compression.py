"""Compressed answers: for whom, and in which bytes."""

import gzip

import pytest

from rookery_api.base.compression import Compressed, compressed, takes_gzip
from rookery_runtime.steps import at_once


@pytest.mark.parametrize(
    "accepted",
    [
        "gzip",
        "GZIP",
        "x-gzip",
        "*",
        "deflate, gzip;q=0.5, br",
        "br,gzip ; q=0.001",
        "*;q=0.1",
    ],
)
def test_gzip_is_taken_by_whoever_names_it_or_takes_all(accepted: str) -> None:
    assert takes_gzip([accepted])
    assert takes_gzip(["br", accepted])


@pytest.mark.parametrize(
    "accepted",
    ["", "identity", "br", "gzip;q=0", "gzip;q=0.0, *", "*;q=0", "gzip;q=x", "gzipped"],
)
def test_gzip_is_not_taken_by_others(accepted: str) -> None:
    assert not takes_gzip([accepted])
    assert not takes_gzip([])


def test_both_forms_hold_the_same_and_are_the_same_each_time() -> None:
    parts = [b'{"a":', b"1" * 100_000, b"}"]

    in_steps, at_one_time = at_once(compressed(parts)), Compressed.of(b"".join(parts))

    assert b"".join(in_steps.plain) == b"".join(at_one_time.plain) == b"".join(parts)
    assert gzip.decompress(b"".join(in_steps.gzip)) == b"".join(parts)
    assert gzip.decompress(b"".join(at_one_time.gzip)) == b"".join(parts)
    assert at_one_time == Compressed.of(b"".join(parts))
