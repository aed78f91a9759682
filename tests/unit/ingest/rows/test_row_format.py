"""Rows in COPY's binary format: read back, they are what they were."""

import struct
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.ingest.support.copied_fields import fields_of

from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.columns import CategoryColumn, NumberColumn
from rookery_ingest.rows.row_format import PIECE_BYTES, RowFormat
from rookery_ingest.rows.rows import Rows

LABELS = ("a", "Größe", "'); DROP TABLE x;--")
NUMBER = NumberColumn(kind="number", name="size", range=(-1e300, 1e300))
LABEL = CategoryColumn(kind="category", name="label", values=LABELS)
OTHER = CategoryColumn(kind="category", name="order", values=("yes",))
SPEC = load_catalog()["species"].model_copy(
    update={"columns": (LABEL, NUMBER, OTHER), "target": "label", "features": ("size",), "key": ()}
)
ROWS = st.tuples(
    st.integers(0, 2**62),
    st.sampled_from([None, *LABELS]),
    st.none() | st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([None, "yes"]),
)


def _rows(values: Sequence[tuple[int, str | None, float | None, str | None]]) -> Rows:
    lines, labels, numbers, others = zip(*values, strict=True)
    codes = [0 if label is None else 1 + LABELS.index(label) for label in labels]
    return Rows(
        np.array(lines, np.int64),
        {
            "label": np.array(codes, np.int16),
            "size": np.array([np.nan if n is None else n for n in numbers], np.float64),
            "order": np.array([0 if other is None else 1 for other in others], np.int16),
        },
    )


def _hashes(count: int) -> bytes:
    return np.arange(2 * count, dtype=">u8").tobytes()


@given(st.lists(ROWS, min_size=1, max_size=20))
def test_every_field_is_there_and_null_where_it_is_missing(
    values: list[tuple[int, str | None, float | None, str | None]],
) -> None:
    hashes = _hashes(len(values))

    pieces = RowFormat(SPEC, 7, ("_row_id",)).encode(
        _rows(values), {"_row_id": np.frombuffer(hashes, "V16")}
    )

    assert list(fields_of(b"".join(pieces))) == [
        [
            hashes[16 * index : 16 * index + 16],
            struct.pack(">q", 7),
            struct.pack(">q", line),
            None if label is None else label.encode(),
            None if number is None else struct.pack(">d", number),
            None if other is None else other.encode(),
        ]
        for index, (line, label, number, other) in enumerate(values)
    ]


@pytest.mark.parametrize("name", ["count", "size", "fields", "lines", "columns", "names", "dtype"])
def test_a_column_may_have_any_name_that_a_spec_accepts(name: str) -> None:
    column = NUMBER.model_copy(update={"name": name})
    spec = SPEC.model_copy(update={"columns": (column,), "features": (name,)})
    rows = Rows(np.array([3], np.int64), {name: np.array([0.5], np.float64)})

    pieces = RowFormat(spec, 7, ("_row_id",)).encode(
        rows, {"_row_id": np.frombuffer(_hashes(1), "V16")}
    )

    [fields] = fields_of(b"".join(pieces))
    assert fields[3:] == [struct.pack(">d", 0.5)]


def test_the_columns_are_named_in_the_order_of_thefields_of() -> None:
    assert RowFormat(SPEC, 7, ("_row_id",)).columns == (
        "_row_id",
        "_batch",
        "_line",
        "label",
        "size",
        "order",
    )


def test_wide_rows_are_laid_out_a_few_at_a_time() -> None:
    wide = LABEL.model_copy(update={"values": ("x" * 200 * 1000, "y")})
    spec = SPEC.model_copy(update={"columns": (wide, NUMBER, OTHER)})
    values = [(line, "a", 1.0, "yes") for line in range(100)]
    rows = _rows(values)
    codes = rows.columns["label"]
    assert isinstance(codes, np.ndarray)
    codes[:] = 2

    pieces = list(
        RowFormat(spec, 7, ("_row_id",)).encode(
            rows, {"_row_id": np.frombuffer(_hashes(100), "V16")}
        )
    )

    assert len(pieces) == 100 // (PIECE_BYTES // 200_000)
    assert [fields[3] for fields in fields_of(b"".join(pieces))] == [b"y"] * 100
