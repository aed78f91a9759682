"""Columns of every kind: a chunk is read as its cells are, in any dialect and any form."""

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.some import some
from tests.unit.ingest.support.second_version import second_version

from rookery_core.spec.cells import Cell, CellReader, Invalid
from rookery_core.spec.columns import CategoryColumn
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.parsing.record_form import COMMAS, JSON_ROWS, RecordForm
from rookery_ingest.parsing.records import Records
from rookery_ingest.rows.row_hash import HASH_BYTES, RowHasher
from rookery_ingest.rows.rows import RowReader, Rows
from rookery_ingest.rows.values import MISSING_MOMENT, OpenLabels

EXCEL = {"delimiter": ";", "decimal": ",", "thousands": "."}
SPACED = {"delimiter": "\t", "decimal": ",", "thousands": " "}
SWISS = {"delimiter": "|", "thousands": "'"}
DIALECTS: list[dict[str, str]] = [{}, EXCEL, SPACED, SWISS]

NUMBERS = (
    "1 1.5 1,5 1.234 1.234,5 1,234.5 12.34.5 -0 1e3 1,5E+3 999 1000 1001 2.0 NaN 1\u202f234 1'234"
)
TRUTHS = "true FALSE Yes no t f 1 0 on maybe"
MOMENTS = "2026-01-31 2026-01-31T12:00 31.01.2026 2026-13-01 2026-01-31T12:00Z"
CELLS = st.one_of(
    st.sampled_from([*NUMBERS.split(" "), *TRUTHS.split(), *MOMENTS.split()]),
    st.sampled_from(["", "NA", "null", "31.01.2026 12:00", "30.03.2025 02:30", "x" * 201, "Köln "]),
    st.floats().map(str),
    st.integers(-5, 2000).map(str),
    st.text(max_size=4),
)


def _chunk(spec: ModelSpec, cells: list[list[str]], form: RecordForm) -> tuple[Rows, set[int]]:
    """Reads rows of cells; returns the good ones, and the lines of the bad ones."""
    names = [column.name for column in spec.columns]
    texts = [form.delimiter.join(f'"{c.replace(chr(34), chr(34) * 2)}"' for c in r) for r in cells]
    reader = RowReader(spec, form.delimiter.join(names), "x", form)
    rows, bad = reader.read(Records(range(len(texts)), texts))
    assert [row.text for row in bad if not row.reason] == []
    return rows, {row.line for row in bad}


def _as_cell(rows: Rows, spec: ModelSpec, name: str, index: int) -> Cell:
    values = rows.columns[name]
    column = spec.column(name)
    if isinstance(values, OpenLabels):
        code = int(values.codes[index])
        return values.labels[code - 1] if code else None
    value: float = values[index].item()
    if values.dtype == np.float64:
        return None if np.isnan(value) else float(value)
    if values.dtype == np.int64:
        moment: datetime = np.datetime64(int(value), "us").astype(datetime)
        zone = getattr(column, "zone", None)
        return None if value == MISSING_MOMENT else moment.replace(tzinfo=UTC if zone else None)
    if not value:
        return None
    return column.labels[int(value) - 1] if isinstance(column, CategoryColumn) else value == 2


@given(
    st.sampled_from(DIALECTS),
    st.sampled_from(["size", "count", "paid", "city", "seen", "sent", "at"]),
    st.lists(CELLS, min_size=1, max_size=8),
)
@example(EXCEL, "size", ["1,5", "", "1.234,5", "1.5"])
@example(EXCEL, "count", ["1,5", "2,0"])
@example({}, "size", ["1", "NA", "2"])
@example(EXCEL, "size", ["1\n2", "3"])
def test_a_chunk_is_read_as_its_cells_are(
    dialect: dict[str, str], name: str, cells: list[str]
) -> None:
    spec = second_version(name, csv=dialect)
    reader = CellReader(spec, spec.column(name))
    expected = [reader.read(cell) for cell in cells]
    form = RecordForm(spec.csv.delimiter, spec.csv.quote)

    rows, bad = _chunk(spec, [[cell, "Yes"] for cell in cells], form)

    good = [cell for cell in expected if not isinstance(cell, Invalid)]
    assert [_as_cell(rows, spec, name, at) for at in range(len(rows))] == good
    assert bad == {at for at, cell in enumerate(expected) if isinstance(cell, Invalid)}


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ({}, "1234567.5"),
        ({"thousands": ","}, "1,234,567.5"),
        (EXCEL, "1.234.567,5"),
        (SPACED, "1\u00a0234\u202f567,5"),
        (SPACED, "1 234 567,5"),
        (SWISS, "1\u2019234'567.5"),
    ],
)
def test_one_number_in_every_dialect_is_one_row(dialect: dict[str, str], text: str) -> None:
    plain, spec = second_version("size"), second_version("size", csv=dialect)

    rows, bad = _chunk(spec, [[text, "Yes"]], RecordForm(spec.csv.delimiter, spec.csv.quote))

    expected, _ = _chunk(plain, [["1234567.5", "Yes"]], COMMAS)
    assert not bad
    assert _as_cell(rows, spec, "size", 0) == 1234567.5
    assert _packed(spec, rows) == _packed(plain, expected)


def _packed(spec: ModelSpec, rows: Rows) -> bytes:
    return RowHasher(spec).hash(rows).tobytes()


def _json_row(spec: ModelSpec, row: dict[str, Any]) -> tuple[Rows, list[str]]:
    names = sorted(column.name for column in spec.columns)
    text = json.dumps({name: row.get(name) for name in names}, separators=(",", ":"))
    reader = RowReader(spec, json.dumps(names), "x", JSON_ROWS)
    rows, bad = reader.read(Records([2], [text]))
    return rows, [each.reason for each in bad]


CSV_ROW = ["1.5", "3", "true", "Köln", "2026-01-31 12:00:00", "31.01.2026 13:00"]
CSV_ROW += ["2026-01-31T12:00:00Z", "Yes"]
JSON_ROW = {
    "size": 1.5,
    "count": 3,
    "paid": True,
    "city": "Köln",
    "seen": "2026-01-31T12:00:00",
    "sent": "2026-01-31T12:00:00+00:00",
    "at": "2026-01-31T12:00:00+00:00",
    "label": "Yes",
}


@pytest.mark.parametrize("dialect", [{}, EXCEL])
def test_a_typed_row_is_the_row_that_a_csv_writes(dialect: dict[str, str]) -> None:
    spec = second_version(csv=dialect)
    written = [cell.replace(".", spec.csv.decimal) if at == 0 else cell
               for at, cell in enumerate(CSV_ROW)]  # fmt: skip

    of_csv, bad = _chunk(spec, [written], RecordForm(spec.csv.delimiter, spec.csv.quote))
    of_json, reasons = _json_row(spec, JSON_ROW)

    assert (bad, reasons) == (set(), [])
    assert len(_packed(spec, of_csv)) == HASH_BYTES
    assert _packed(spec, of_csv) == _packed(spec, of_json)


def test_null_is_missing_where_no_text_means_that() -> None:
    spec = second_version(default_null_tokens=False)

    rows, reasons = _json_row(spec, {})

    assert reasons == []
    assert {_as_cell(rows, spec, column.name, 0) for column in some(spec.columns)} == {None}


def test_each_value_of_a_kind_has_its_own_hash() -> None:
    rows = [
        ["1", "true", "Köln", "2026-01-31"],
        ["2", "true", "Köln", "2026-01-31"],
        ["1", "false", "Köln", "2026-01-31"],
        ["1", "NA", "Köln", "2026-01-31"],
        ["1", "true", "Koeln", "2026-01-31"],
        ["1", "true", "köln", "2026-01-31"],
        ["1", "true", "", "2026-01-31"],
        ["1", "true", "Köln", "2026-01-31T00:00:00.000001"],
        ["1", "true", "Köln", ""],
    ]
    spec = second_version("size", "paid", "city", "seen")

    read, bad = _chunk(spec, [[*row, "Yes"] for row in rows], COMMAS)

    packed = _packed(spec, read)
    assert not bad
    assert len({packed[at : at + HASH_BYTES] for at in range(0, len(packed), HASH_BYTES)}) == len(
        rows
    )


def test_a_hash_does_not_depend_on_what_else_is_in_the_chunk() -> None:
    spec = second_version("city")

    alone, _ = _chunk(spec, [["Köln", "no"]], COMMAS)
    among, _ = _chunk(spec, [["Aachen", "no"], ["Köln", "no"]], COMMAS)

    assert _packed(spec, alone) == _packed(spec, among)[HASH_BYTES:]
