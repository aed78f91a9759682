"""A header says which field holds which column, or what is wrong with it."""

from unicodedata import normalize

import pytest
from tests.unit.ingest.support.second_version import second_version

from rookery_core.errors import Refused
from rookery_core.spec.catalog import load_catalog
from rookery_ingest.parsing.header import column_positions, extra_columns
from rookery_ingest.parsing.record_form import COMMAS, JSON_ROWS, RecordForm

SPECIES = load_catalog()["species"]
HEADER = "species,island,culmen_length_mm,culmen_depth_mm,flipper_length_mm,body_mass_g,sex"


@pytest.mark.parametrize(
    ("header", "places"),
    [
        (HEADER, (0, 1, 2, 3, 4, 5, 6)),
        (HEADER.upper(), (0, 1, 2, 3, 4, 5, 6)),
        (HEADER.replace(",", " , "), (0, 1, 2, 3, 4, 5, 6)),
        (HEADER.replace("culmen", "bill"), (0, 1, 2, 3, 4, 5, 6)),
        (",".join(f'"{name}"' for name in HEADER.split(",")), (0, 1, 2, 3, 4, 5, 6)),
        (",".join(reversed(HEADER.split(","))), (6, 5, 4, 3, 2, 1, 0)),
    ],
    ids=["as published", "upper case", "spaces", "other alias", "quoted", "reversed"],
)
def test_columns_are_found_by_any_of_their_names(header: str, places: tuple[int, ...]) -> None:
    assert column_positions(header, SPECIES, "x") == places


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (HEADER.replace(",sex", ""), "lacks 'sex'"),
        (HEADER.replace(",island", "").replace(",sex", ""), "lacks 'island', 'sex'"),
        (HEADER + ",year", "has unknown 'year'"),
        (HEADER + ",", "has unknown ''"),
        (HEADER + ",sex", "repeats 'sex'"),
        (HEADER + ",bill_length_mm", "repeats 'bill_length_mm'"),
        (HEADER.replace(",", ";"), "separated by semicolons"),
        ("Adelie,Torgersen,39.1,18.7,181,3750,MALE", "lacks 'species'"),
        ('"a"b,c', "no readable header"),
        ("," + HEADER, r"has unknown ''.*a column without a name.*aliases: \[''\]"),
        (HEADER + ", ", "a column without a name"),
        ("sep=,", "Excel's 'sep='"),
        ("sep=;", "Excel's 'sep='"),
        ("# written by R", "a comment"),
        ("#species,island", "a comment"),
        ("Penguins of 2008", "seems to be a title"),
        ("Penguins of 2008,,,,,,", "seems to be a title"),
        (f"{HEADER}\rAdelie,Dream,39,18,181,3750,MALE", "lines end with CR alone"),
    ],
)
def test_a_header_that_does_not_fit_is_refused_by_the_columns_name(header: str, told: str) -> None:
    with pytest.raises(Refused, match=told):
        column_positions(header, SPECIES, "x")


def test_a_header_may_code_its_accents_in_either_way() -> None:
    column = SPECIES.column("sex").model_copy(update={"aliases": ("Größe é",)})
    spec = SPECIES.model_copy(update={"columns": (*SPECIES.columns[:-1], column)})
    decomposed = normalize("NFD", HEADER.replace("sex", "GRÖSSE É"))

    assert column_positions(decomposed, spec, "x") == (0, 1, 2, 3, 4, 5, 6)


def test_columns_that_the_spec_does_not_list_are_kept_and_told() -> None:
    spec = second_version("size", ignore=["NOTE", "x y"])
    header = ",Size,label,note,X Y, Other"

    assert column_positions(header, spec, "x") == (1, 2)
    assert extra_columns(header, spec, "x", COMMAS) == ["(without a name)", "Other"]


def test_the_columns_of_a_first_version_spec_are_all() -> None:
    assert extra_columns(HEADER, SPECIES, "x", COMMAS) == []


@pytest.mark.parametrize(
    ("changes", "header", "told"),
    [
        ({"extra_columns": "refuse"}, "size,label,note", "has unknown 'note'"),
        ({"extra_columns": "refuse"}, ",size,label", r"or ignore: \[''\]"),
        ({}, "label,note", "lacks 'size'"),
        ({}, "size,SIZE,label", "repeats 'size'"),
        ({}, "size;label", r"separated by semicolons: write csv: {delimiter: ';'}"),
        ({}, "size\tlabel", r'separated by tabs: write csv: {delimiter: "\\t"}'),
        ({}, "size|label", r"write csv: {delimiter: '\|'}"),
        ({"csv": {"delimiter": ";"}}, "size,label", r"by commas: write csv: {delimiter: ','}"),
        ({}, "A title", "seems to be a title"),
        ({}, "# of R", "a comment"),
    ],
)
def test_a_header_is_told_the_key_that_mends_it(
    changes: dict[str, object], header: str, told: str
) -> None:
    spec = second_version("size", **changes)

    with pytest.raises(Refused, match=told):
        column_positions(header, spec, "x", RecordForm(spec.csv.delimiter, spec.csv.quote))


def test_an_ignored_column_is_no_unknown_one() -> None:
    spec = second_version("size", extra_columns="refuse", ignore=["note", ""])

    assert column_positions("note,size,label,", spec, "x") == (1, 2)


def test_the_header_of_typed_rows_is_read() -> None:
    assert column_positions('["Label","a","size"]', second_version("size"), "x", JSON_ROWS) == (
        2,
        0,
    )
    with pytest.raises(Refused, match="lacks 'size'"):
        column_positions('["label"]', second_version("size"), "x", JSON_ROWS)
