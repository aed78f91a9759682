"""Rows of second-version models: free names, new kinds, and rows that are answered one by one."""

import pytest

from rookery_core.contract import (
    BooleanFeature,
    CategoryFeature,
    Contract,
    DatetimeFeature,
    NumberFeature,
)
from rookery_runtime.prediction.rows import MAX_ROW_FAULTS, NO_ROW, InvalidRows, RowValidator
from rookery_runtime.steps import at_once

CONTRACT = Contract(
    model="m",
    title="M",
    target="t",
    features=(
        NumberFeature(name="size", aliases=("Size (mm)",), integer=True, example=1),
        BooleanFeature(name="open", optional=True),
        CategoryFeature(name="town", values=("Rom",), unknown="accept", example="Rom"),
        DatetimeFeature(name="day", origin="2026-01-01", example="2026-01-01"),
    ),
    classes=("yes", "no"),
    folded_names=True,
)
ROWS = RowValidator(CONTRACT)
RECORDS = RowValidator(CONTRACT, extra_fields=True)
ROW = {"size": 1, "open": True, "town": "Rom", "day": "2026-01-01"}


def renamed(**names: str) -> dict[str, object]:
    return {names.get(name, name): value for name, value in ROW.items()}


@pytest.mark.parametrize("name", ["SIZE", " size ", "size (MM)", "Size (mm)"])
@pytest.mark.parametrize("rows", [ROWS, RECORDS], ids=["closed", "open"])
def test_a_field_may_have_any_name_of_its_feature(rows: RowValidator, name: str) -> None:
    assert rows.one(renamed(size=name)) == ROW
    assert at_once(rows.many([ROW, renamed(size=name)])) == [ROW, ROW]


@pytest.mark.parametrize("rows", [ROWS, RECORDS], ids=["closed", "open"])
def test_two_fields_of_one_feature_are_refused(rows: RowValidator) -> None:
    with pytest.raises(InvalidRows) as caught:
        at_once(rows.many([ROW, ROW | {"OPEN": False}], ("instances",)))

    assert caught.value.faults == [
        {"path": "/instances/1/OPEN", "message": "open is given twice, by two names"}
    ]


def test_an_optional_field_by_another_name_is_not_left_out() -> None:
    assert RECORDS.one(renamed(open="Open") | {"note": "x"})["open"] is True


def test_names_are_exact_where_the_contract_does_not_free_them() -> None:
    rows = RowValidator(CONTRACT.model_copy(update={"folded_names": False}))

    with pytest.raises(InvalidRows):
        rows.one(renamed(size="SIZE"))


@pytest.mark.parametrize("value", [3.4e38, -3.4e38, 0, 5.0, 2**60])
def test_a_number_without_bounds_is_any_of_float32(value: float) -> None:
    assert ROWS.one(ROW | {"size": value})["size"] == value


@pytest.mark.parametrize(
    "value", [3.5e38, -1e300, 10**400, 0.5, "1", True, None, float("nan"), float("inf")]
)
def test_another_value_is_no_whole_number_of_float32(value: object) -> None:
    with pytest.raises(InvalidRows):
        ROWS.one(ROW | {"size": value})


def test_each_row_is_answered_or_has_its_faults() -> None:
    bad = {f"field{number}": 1 for number in range(50)}

    found = at_once(ROWS.each([ROW, bad, ROW, None], ("instances",)))

    assert found[0] == found[2] == ROW
    assert [len(each) for each in found[1::2]] == [MAX_ROW_FAULTS, 1]
    assert found[3] == [{"path": "/instances/3", "message": NO_ROW}]


def test_no_rows_are_refused_as_a_whole() -> None:
    with pytest.raises(InvalidRows):
        at_once(ROWS.each([]))
