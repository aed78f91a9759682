"""A source is cut as its spec says it is written."""

from typing import Any

import pytest
from tests.unit.ingest.support.second_version import second_version

from rookery_core.errors import Refused
from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.parsing.source_records import record_form, source_records

FIRST = load_catalog()["species"]


def _texts(data: bytes, spec: ModelSpec, size: int = 1000) -> list[str]:
    blocks = [data[at : at + size] for at in range(0, len(data), size)]
    return [text for some in source_records(blocks, spec, "x") for text in some.texts]


@pytest.mark.parametrize(
    ("csv", "data"),
    [
        ({}, b"a,b\n1,\xc3\xa9\n"),
        ({}, b"\xef\xbb\xbfa,b\r\n1,\xc3\xa9\r\n"),
        ({}, b"a,b\r1,\xc3\xa9\r"),
        ({}, b"sep=,\r\na,b\r\n1,\xc3\xa9\r\n"),
        ({}, b'\xef\xbb\xbf"sep=,"\na,b\n\n,\n1,\xc3\xa9\n , \n'),
        ({"encoding": "cp1252"}, b"a,b\n1,\xe9\n"),
        ({"encoding": "latin-1"}, b"a,b\n1,\xe9\n"),
        ({"encoding": "mac_roman"}, b"a,b\r1,\x8e\r"),
        ({"encoding": "utf-8-sig"}, b"\xef\xbb\xbfa,b\n1,\xc3\xa9\n"),
    ],
)
@pytest.mark.parametrize("size", [1, 1000])
def test_how_a_file_is_written_makes_no_difference(
    csv: dict[str, Any], data: bytes, size: int
) -> None:
    assert _texts(data, second_version(csv=csv), size) == ["a,b", "1,é"]


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_the_line_that_names_the_delimiter_is_no_record(mark: str) -> None:
    data = f"sep={mark}\r\na{mark}b\r\n1{mark}2\r\n".encode()

    assert _texts(data, second_version(csv={"delimiter": mark})) == [f"a{mark}b", f"1{mark}2"]


@pytest.mark.parametrize(
    ("csv", "data", "told"),
    [
        ({}, b"sep=;\na;b\n", r"separated by ';', the spec by ','; write csv: {delimiter: ';'}"),
        ({}, b"sep=\t\na\tb\n", r'write csv: {delimiter: "\\t"}'),
        ({}, b"a,b\n1,\xe9\n", r"not UTF-8 at byte 6; name its encoding, such as csv: {encoding"),
        ({"encoding": "cp1252"}, b"a,b\n1,\x81\n", r"not cp1252 at byte 6; correct csv: {enc"),
        ({"encoding": "cp1252"}, b"\xef\xbb\xbfa,b\n", "byte order mark.*leave csv.encoding out"),
        ({}, "a,b\n".encode("utf-16"), "UTF-16; save it as UTF-8"),
        ({"encoding": "cp1252"}, "a,b\n".encode("utf-16"), "UTF-16; save it as UTF-8"),
        ({"encoding": "shift_jis"}, b"a,b\n1,\x83", "not shift_jis at byte 6"),
        ({}, b'a,b\n"1,2\n', "line 2 is never closed"),
    ],
)
def test_a_file_that_is_written_otherwise_is_told_the_key(
    csv: dict[str, Any], data: bytes, told: str
) -> None:
    with pytest.raises(Refused, match=told):
        _texts(data, second_version(csv=csv))


@pytest.mark.parametrize("data", [b"", b"sep=,\n", b",,\n", b"\n\n"])
def test_a_file_may_hold_no_record(data: bytes) -> None:
    assert _texts(data, second_version()) == []


def test_a_spec_of_the_first_version_reads_as_0_1_0_did() -> None:
    data = b"sep=,\n,,\na\rb,1\n"

    assert _texts(data, FIRST) == ["sep=,", ",,", "a\rb,1"]
    with pytest.raises(Refused, match="not UTF-8 at byte 0; save it as UTF-8"):
        _texts(b"\xe9", FIRST)


@pytest.mark.parametrize(
    "source",
    [
        {"url": "file:x.parquet"},
        {"url": "s3://b/x.PARQUET"},
        {"url": "postgresql://db.example.org/shop", "query": "SELECT 1", "credentials": "shop"},
    ],
)
def test_sources_with_typed_values_bring_json(source: dict[str, str]) -> None:
    assert record_form(second_version(source=source)).is_json
    assert _texts(b'["a"]\n\n{"a":"\\"x,"}\n', second_version(source=source)) == [
        '["a"]',
        '{"a":"\\"x,"}',
    ]
