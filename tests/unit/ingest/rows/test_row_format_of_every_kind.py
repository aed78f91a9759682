"""Rows of every kind in COPY's binary format."""

import struct

import numpy as np
from tests.unit.ingest.support.copied_fields import fields_of
from tests.unit.ingest.support.second_version import second_version

from rookery_ingest.parsing.records import Records
from rookery_ingest.rows.row_format import RowFormat
from rookery_ingest.rows.rows import RowReader

SPEC = second_version("size", "paid", "city", "seen", "at")
HEADER = "size,paid,city,seen,at,label"
ROWS = [
    "1.5,yes,Köln,1999-12-31T23:59:59.5,2000-01-01T01:00:00+01:00,Yes",
    "NA,f,A much longer name,2000-01-02,,no",
    ",,,,2000-01-01T00:00:01Z,",
]


def _big(value: int) -> bytes:
    return struct.pack(">q", value)


def test_every_kind_has_the_bytes_that_the_server_reads() -> None:
    rows, bad = RowReader(SPEC, HEADER, "x").read(Records(range(2, 5), ROWS))
    hashes = np.frombuffer(bytes(16 * 3), "V16")

    pieces = RowFormat(SPEC, 7, ("_row_id",)).encode(rows, {"_row_id": hashes})

    assert not bad
    assert [fields[3:] for fields in fields_of(b"".join(pieces))] == [
        [struct.pack(">d", 1.5), b"\1", "Köln".encode(), _big(-500_000), _big(0), b"Yes"],
        [None, b"\0", b"A much longer name", _big(86_400_000_000), None, b"no"],
        [None, None, None, None, _big(1_000_000), None],
    ]


def test_a_chunk_without_any_open_label_is_laid_out() -> None:
    rows, _ = RowReader(SPEC, HEADER, "x").read(Records([4], ROWS[2:]))

    hashes = {"_row_id": np.frombuffer(bytes(16), "V16")}
    [fields] = fields_of(b"".join(RowFormat(SPEC, 7, ("_row_id",)).encode(rows, hashes)))

    assert fields[5] is None
