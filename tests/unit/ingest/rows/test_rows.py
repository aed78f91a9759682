"""Records become rows: column by column exactly as cell by cell."""

import math
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.cells import Cell, CellReader, Invalid
from rookery_core.spec.columns import AnyColumn, CategoryColumn, NumberColumn
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.parsing.fields import fields_of_width
from rookery_ingest.parsing.records import Records
from rookery_ingest.rows.row_hash import RowHasher
from rookery_ingest.rows.rows import RowReader, Rows

SPECIES = load_catalog()["species"]
COLUMNS = tuple(SPECIES.column(name) for name in ("species", "body_mass_g", "sex"))
SMALL = SPECIES.model_copy(update={"columns": COLUMNS, "key": ("species",)})
ODD_NULLS = SMALL.model_copy(update={"null_tokens": ("-999", "1e3", "e", "."), "key": ()})
HEADER = "species,body_mass_g,sex"

NUMBERS = "3750 3750.5 -999 1e3 1E3 e 1500 9000 9000.1 NA . -0 +4e3 4e3. nan inf 1e999 3_750 ٣٧٥٠"
LABELS = "Adelie GENTOO MALE Female F '); =cmd()"
ODD = ["", " 4000 ", "4000\t", "4000\x1f", "gentoo ", "male\x00", '"MALE"']
CELLS = st.one_of(
    st.sampled_from([*NUMBERS.split(), *LABELS.split(), *ODD]),
    st.floats().map(str),
    st.text(max_size=5),
    st.text(st.sampled_from("0123456789+-.eE"), max_size=6),
)
RECORDS = st.lists(CELLS, min_size=2, max_size=4).map(",".join).filter(bool)
LIKELY = st.tuples(
    st.sampled_from(["Adelie", "Gentoo"]), st.integers(1500, 9000).map(str), st.just("MALE")
).map(",".join)


def _one_by_one(text: str, spec: ModelSpec) -> dict[str, Cell] | None:
    fields = fields_of_width(text, len(spec.columns))
    if isinstance(fields, Invalid):
        return None
    cells = {
        column.name: CellReader(spec, column).read(field)
        for column, field in zip(spec.columns, fields, strict=True)
    }
    invalid = any(isinstance(cell, Invalid) for cell in cells.values())
    return None if invalid or any(cells[name] is None for name in spec.key) else cells


def _labels(column: AnyColumn) -> tuple[str, ...]:
    assert isinstance(column, CategoryColumn)
    return column.labels


def _array(rows: Rows, name: str) -> NDArray[np.float64] | NDArray[np.signedinteger[Any]]:
    values = rows.columns[name]
    assert isinstance(values, np.ndarray)
    return values


def _as_cells(rows: Rows, spec: ModelSpec) -> dict[int, dict[str, Cell]]:
    found: dict[int, dict[str, Cell]] = {}
    for index, line in enumerate(rows.lines.tolist()):
        found[line] = {}
        for column in spec.columns:
            value = _array(rows, column.name)[index].item()
            if isinstance(column, NumberColumn):
                found[line][column.name] = None if math.isnan(value) else value
            else:
                found[line][column.name] = _labels(column)[int(value) - 1] if value else None
    return found


@given(st.sampled_from([SMALL, ODD_NULLS]), st.lists(RECORDS | LIKELY, min_size=1, max_size=8))
def test_a_chunk_is_read_as_its_cells_are(spec: ModelSpec, texts: list[str]) -> None:
    expected = {line: _one_by_one(text, spec) for line, text in enumerate(texts, 2)}

    rows, bad = RowReader(spec, HEADER, "x").read(Records(range(2, 2 + len(texts)), texts))

    assert _as_cells(rows, spec) == {line: row for line, row in expected.items() if row is not None}
    assert {row.line: row.text for row in bad} == {
        line: text for line, text in enumerate(texts, 2) if expected[line] is None
    }
    assert [row.line for row in bad if not row.reason] == []


def test_a_bad_row_names_every_fault() -> None:
    _, [bad] = RowReader(SMALL, HEADER, "x").read(Records([7], ["Emu,1,F"]))

    assert bad.line == 7
    assert bad.text == "Emu,1,F"
    assert [reason.partition(":")[0] for reason in bad.reason.split("; ")] == [
        "species",
        "body_mass_g",
        "sex",
    ]


def test_a_row_without_its_key_is_bad() -> None:
    _, [bad] = RowReader(SMALL, HEADER, "x").read(Records([2], ["NA,3750,MALE"]))

    assert bad.reason == "species: missing, and part of the key"


def _hashes(header: str, *texts: str, spec: ModelSpec = ODD_NULLS) -> list[bytes]:
    rows, bad = RowReader(spec, header, "x").read(Records(range(len(texts)), list(texts)))
    assert not bad
    names = spec.key or [column.name for column in spec.columns]
    return [each.tobytes() for each in RowHasher(spec, names).hash(rows)]


def test_a_hash_is_of_the_values_not_of_their_spelling() -> None:
    spellings = _hashes(HEADER, "Adelie,3750,MALE", "adelie ,3.75e3, Male", '"Adelie",+3750.0,MALE')
    [reordered] = _hashes("sex,body_mass_g,species", "MALE,3750,Adelie")

    assert set(spellings) == {reordered}


def test_different_rows_have_different_hashes() -> None:
    texts = [f"{a},{b},{c}" for a in ("Adelie", "Gentoo", ".") for b in ("2000", "2001", ".")
             for c in ("MALE", "FEMALE", ".")]  # fmt: skip

    assert len(set(_hashes(HEADER, *texts))) == len(texts)


def test_a_label_added_to_a_spec_changes_no_hash() -> None:
    more = COLUMNS[2].model_copy(update={"values": ("UNKNOWN", "FEMALE", "MALE")})
    grown = ODD_NULLS.model_copy(update={"columns": (*COLUMNS[:2], more)})

    before = _hashes(HEADER, "Adelie,3750,MALE")

    assert _hashes(HEADER, "Adelie,3750,MALE", spec=grown) == before


def test_with_a_key_only_the_key_is_hashed() -> None:
    [one, other] = _hashes(HEADER, "Adelie,3750,MALE", "Adelie,3751,FEMALE", spec=SMALL)

    assert one == other
