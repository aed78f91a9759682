"""A text is a value of its column, missing, or invalid."""

from typing import Literal
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.cells import Cell, CellReader, Invalid
from rookery_core.spec.columns import CategoryColumn

SPECIES = load_catalog()["species"]
MASS = CellReader(SPECIES, SPECIES.column("body_mass_g"))
SEX = CellReader(SPECIES, SPECIES.column("sex"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3750", 3750.0),
        (" 3750.0 ", 3750.0),
        ("+3.75e3", 3750.0),
        ("3750.", 3750.0),
        ("1500", 1500.0),
        ("9000", 9000.0),
        ("NA", None),
        (" na ", None),
        ("null", None),
        (".", None),
        ("", None),
        ("   ", None),
    ],
)
def test_a_number_is_read_however_it_is_spelled(text: str, value: Cell) -> None:
    assert MASS.read(text) == value


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("nan", "is not a number"),
        ("inf", "is not a number"),
        ("-Infinity", "is not a number"),
        ("1e999", "lies outside"),
        ("-3750", "lies outside"),
        ("0", "lies outside"),
        ("1499.999", "lies outside"),
        ("9" * 400, "lies outside"),
        ("3750,5", "is not a number"),
        ("3750 g", "is not a number"),
        ("3_750", "is not a number"),
        ("0x10", "is not a number"),
        ("٣٧٥٠", "is not a number"),
        ("=cmd()", "is not a number"),
        ("3750\x00", "control character"),
        ("3750\t", "control character"),
    ],
)
def test_what_is_no_number_in_range_is_invalid_for_a_reason(text: str, fault: str) -> None:
    cell = MASS.read(text)

    assert isinstance(cell, Invalid)
    assert cell.reason.startswith("body_mass_g: ")
    assert fault in cell.reason


@pytest.mark.parametrize("text", ["FEMALE", "female", "Female ", " FEMALE"])
def test_case_and_space_of_a_label_do_not_count(text: str) -> None:
    assert SEX.read(text) == "FEMALE"


@pytest.mark.parametrize("text", ["F", "FEMLE", "'); DROP TABLE x;--", "FE\x07MALE", "FE MALE"])
def test_an_unknown_label_is_invalid(text: str) -> None:
    assert isinstance(SEX.read(text), Invalid)


@pytest.mark.parametrize(
    ("reader", "text", "shown"),
    [
        (MASS, "3750\u200b", r"'3750\u200b' is not a number"),
        (MASS, "3\u2009750", r"'3\u2009750' is not a number"),
        (SEX, "FE\u00a0MALE", r"'FE\xa0MALE' is not a known label"),
        (SEX, "FEMALE\ufeff", r"'FEMALE\ufeff' is not a known label"),
        (SEX, "1.0", "'1.0' is not a known label"),
    ],
)
def test_a_reason_shows_what_nobody_sees(reader: CellReader, text: str, shown: str) -> None:
    cell = reader.read(text)

    assert isinstance(cell, Invalid)
    assert cell.reason == f"{reader.column.name}: {shown}"


@pytest.mark.parametrize("space", ["\u00a0", " \u2003", "\u3000"])
def test_space_of_any_kind_around_a_cell_does_not_count(space: str) -> None:
    assert MASS.read(f"{space}3750{space}") == 3750.0
    assert SEX.read(f"{space}Female{space}") == "FEMALE"


def test_a_reason_is_bounded_however_long_the_text() -> None:
    cell = SEX.read("x" * 10_000)

    assert isinstance(cell, Invalid)
    assert len(cell.reason) < 200


def test_minus_zero_is_zero() -> None:
    column = SPECIES.column("body_mass_g").model_copy(update={"range": (-1.0, 1.0)})

    assert str(CellReader(SPECIES, column).read("-0.0")) == "0.0"


def test_a_token_of_the_column_is_missing_there_alone() -> None:
    column = SPECIES.column("body_mass_g").model_copy(update={"null_tokens": ("-999",)})

    assert CellReader(SPECIES, column).read("-999") is None
    assert isinstance(MASS.read("-999"), Invalid)


@given(st.text())
def test_every_text_is_read_without_an_error(text: str) -> None:
    for reader in (MASS, SEX):
        assert isinstance(reader.read(text), float | str | None | Invalid)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("label", ["Zoë", "Größe", "Ångström", "naïve café", "한국"])
def test_accents_may_be_coded_in_either_way(label: str, form: Literal["NFC", "NFD"]) -> None:
    column = CategoryColumn(kind="category", name="who", values=("x", label))

    assert CellReader(SPECIES, column).read(normalize(form, f" {label.upper()}")) == label


def test_labels_that_look_the_same_are_one_label() -> None:
    with pytest.raises(ValidationError, match="values repeat a label"):
        CategoryColumn(kind="category", name="who", values=("Zoë", normalize("NFD", "Zoë")))
