"""Rows: strict JSON, strict values, and faults that name their field."""

from typing import Any

import pytest

from rookery_core.contract import CategoryFeature, Contract, NumberFeature
from rookery_runtime.prediction.rows import InvalidRows, RowValidator, pointer
from rookery_runtime.prediction.values import one_of
from rookery_runtime.steps import at_once

CONTRACT = Contract(
    model="m",
    title="M",
    target="t",
    features=(
        NumberFeature(name="size", minimum=0.1, maximum=5, example=1),
        NumberFeature(name="weight", minimum=0, maximum=1e6, optional=True, example=1),
        CategoryFeature(name="place", values=("a:b", "c"), example="c"),
        CategoryFeature(name="model_config", values=("x",), optional=True, example="x"),
    ),
    classes=("yes", "no"),
)
ROWS = RowValidator(CONTRACT)
ROW = {"size": 1, "place": "a:b"}


def faults(row: object) -> list[str]:
    """The paths of the faults of a row."""
    with pytest.raises(InvalidRows) as caught:
        ROWS.one(row)
    return [fault["path"] for fault in caught.value.faults]


def test_optional_fields_may_be_absent_or_null() -> None:
    assert ROWS.one(ROW) == {"size": 1.0, "place": "a:b"}
    assert ROWS.one({**ROW, "weight": None, "model_config": None})["weight"] is None


@pytest.mark.parametrize("value", [True, "1", None, 0.0999, 5.0001, 10**400, float("nan"), [1]])
def test_value_that_is_no_number_of_the_range_is_named(value: object) -> None:
    assert faults({**ROW, "size": value}) == ["/size"]


@pytest.mark.parametrize("value", [3.5e38, -3.5e38, 3.4028235677973366e38, 1e300])
def test_number_beyond_float32_is_refused_though_the_contract_allows_it(value: float) -> None:
    wide = NumberFeature(name="size", minimum=-1e300, maximum=1e300, example=1)
    rows = RowValidator(CONTRACT.model_copy(update={"features": (wide,)}))

    with pytest.raises(InvalidRows):
        rows.one({"size": value})


def test_several_faults_are_told_at_once() -> None:
    assert faults({"size": 9, "place": "d", "wing": 1}) == ["/size", "/place", "/wing"]


def test_name_of_an_unknown_field_is_told_only_where_it_is_plain() -> None:
    assert pointer(["a", 0, "b_1", "<script>", "x" * 100]) == "/a/0/b_1/?/?"


def test_number_of_faults_is_bounded() -> None:
    with pytest.raises(InvalidRows) as caught:
        at_once(ROWS.many([{}] * 1000))

    assert len(caught.value.faults) == 20


@pytest.mark.parametrize("size", [1, 2500, 2501, 6000])
def test_rows_are_validated_whole_whatever_their_number(size: int) -> None:
    assert at_once(ROWS.many([ROW] * size)) == [ROWS.one(ROW)] * size


@pytest.mark.parametrize("number", [0, 1, 2499, 2500, 2501, 5999])
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({**ROW, "wing": 1}, "/wing"),
        ({**ROW, "size": 9}, "/size"),
        ({"size": 1}, "/place"),
        (7, ""),
        ([], ""),
        ("ab", ""),
        (None, ""),
    ],
)
def test_wrong_row_of_many_is_named(number: int, wrong: object, field: str) -> None:
    rows: list[Any] = [ROW] * 6000
    rows[number] = wrong

    with pytest.raises(InvalidRows) as caught:
        at_once(ROWS.many(rows, ("rows",)))

    assert [fault["path"] for fault in caught.value.faults] == [f"/rows/{number}{field}"]


def test_first_faults_are_told_in_the_order_of_the_rows() -> None:
    rows: list[Any] = [ROW, {**ROW, "a": 1, "size": 9}, ROW, *[{**ROW, "b": 1}] * 30]

    with pytest.raises(InvalidRows) as caught:
        at_once(ROWS.many(rows))

    paths = [fault["path"] for fault in caught.value.faults]
    assert paths == ["/1/size", "/1/a", *(f"/{number}/b" for number in range(3, 21))]


def test_unknown_field_of_an_optional_ones_place_is_found() -> None:
    """As many fields as there would be with it."""
    assert faults({**ROW, "weigth": 1}) == ["/weigth"]
    assert faults({**ROW, "weight": 1, "model_config": "x", "wing": 1}) == ["/wing"]


class Counted(dict[str, object]):
    """An object that counts how many of its fields were looked at."""

    looked = 0

    def __iter__(self) -> Any:
        for name in super().__iter__():
            self.looked += 1
            yield name


def test_unknown_fields_beyond_the_last_that_is_told_are_not_looked_at() -> None:
    row = Counted({**ROW, **{f"x{number}": 1 for number in range(100_000)}})

    assert faults(row) == [f"/x{number}" for number in range(20)]
    assert row.looked <= 20 + len(ROW) + 1


def test_rows_behind_the_last_fault_that_is_told_are_not_looked_at() -> None:
    rows: list[Any] = [Counted(wing=number) for number in range(1000)]

    with pytest.raises(InvalidRows):
        at_once(ROWS.many(rows))

    assert sum(row.looked > 0 for row in rows) < 20


def test_no_rows_are_refused() -> None:
    with pytest.raises(InvalidRows) as caught:
        at_once(ROWS.many([], ("rows",)))

    assert caught.value.faults[0]["path"] == "/rows"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (("x",), "'x'"),
        (("a:b", "c"), "'a:b' or 'c'"),
        (("a", "b, c", "{d}"), "'a', 'b, c' or '{d}'"),
        (("x" * 200,), "one of the 1 values that the model's card lists"),
        (tuple(map(str, range(1000))), "one of the 1000 values that the model's card lists"),
    ],
)
def test_values_are_listed_where_they_are_few_and_short(
    values: tuple[str, ...], words: str
) -> None:
    assert one_of(values) == words


def test_message_of_a_category_says_its_values() -> None:
    with pytest.raises(InvalidRows) as caught:
        ROWS.one({**ROW, "place": "d", "model_config": "{x}"})

    messages = [fault["message"] for fault in caught.value.faults]
    assert messages == ["Input should be 'a:b' or 'c'", "Input should be 'x'"]


def test_unknown_columns_may_be_left_out() -> None:
    records = RowValidator(CONTRACT, extra_fields=True)

    assert records.one({**ROW, "island": "Dream"}) == ROWS.one(ROW)
