"""Bytes are text, or refused."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rookery_core.errors import Refused
from rookery_ingest.parsing.text import decoded


def _blocks(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@given(st.text().filter(lambda t: "\0" not in t and not t.startswith("\ufeff")), st.integers(1, 7))
def test_text_survives_wherever_blocks_end(text: str, size: int) -> None:
    assert "".join(decoded(_blocks(text.encode(), size), "x")) == text


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_a_byte_order_mark_is_no_text(size: int) -> None:
    data = codecs.BOM_UTF8 + b"species\n"

    assert "".join(decoded(_blocks(data, size), "x")) == "species\n"


@pytest.mark.parametrize(
    ("data", "fact"),
    [
        ("species".encode("utf-16"), "UTF-16"),
        ("species".encode("utf-16-le"), "byte 1 is NUL"),
        ("species".encode("utf-16-be"), "byte 0 is NUL"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not UTF-8 at byte 0|NUL"),
        (b"abc\0def", "byte 3 is NUL"),
        (b"caf\xe9,1\n", "not UTF-8 at byte 3"),
        (b"ab\xed\xa0\x80", "not UTF-8 at byte 2"),
        (b"ab\xc3", "not UTF-8 at byte 2"),
    ],
    ids=["utf-16", "utf-16-le", "utf-16-be", "png", "nul", "latin-1", "surrogate", "cut"],
)
@pytest.mark.parametrize("size", [2, 100])
def test_what_is_no_utf8_text_is_refused(data: bytes, fact: str, size: int) -> None:
    with pytest.raises(Refused, match=fact):
        list(decoded(_blocks(data, size), "x"))
