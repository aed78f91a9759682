"""Rows: strict JSON, strict values, and faults that name their field."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rookery_api.problems import Problem
from rookery_api.rows import RowValidator, parse, pointer
from rookery_core.contract import CategoryFeature, Contract, NumberFeature

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
    with pytest.raises(Problem) as caught:
        ROWS.one(row)
    return [fault["path"] for fault in caught.value.faults]


def test_optional_fields_may_be_absent_or_null() -> None:
    assert ROWS.one(ROW) == {"size": 1.0, "place": "a:b"}
    assert ROWS.one({**ROW, "weight": None, "model_config": None})["weight"] is None


@pytest.mark.parametrize("value", [True, "1", None, 0.0999, 5.0001, 10**400, float("nan"), [1]])
def test_value_that_is_no_number_of_the_range_is_named(value: object) -> None:
    assert faults({**ROW, "size": value}) == ["/size"]


def test_several_faults_are_told_at_once() -> None:
    assert faults({"size": 9, "place": "d", "wing": 1}) == ["/size", "/place", "/wing"]


def test_name_of_an_unknown_field_is_told_only_where_it_is_plain() -> None:
    assert pointer(["a", 0, "b_1", "<script>", "x" * 100]) == "/a/0/b_1/?/?"


def test_number_of_faults_is_bounded() -> None:
    with pytest.raises(Problem) as caught:
        ROWS.many([{}] * 1000)

    assert len(caught.value.faults) == 20


def test_unknown_columns_may_be_left_out() -> None:
    records = RowValidator(CONTRACT, extra_fields=True)

    assert records.one({**ROW, "island": "Dream"}) == ROWS.one(ROW)


@pytest.mark.parametrize(
    "body", ['{"a":1,"a":2}', '{"a":{"b":1,"b":2}}', '[{"a":":","a":1}]', '{"\\u0061":1,"a":2}']
)
def test_field_given_twice_is_refused(body: str) -> None:
    with pytest.raises(Problem, match="does not fit"):
        parse(body.encode())


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_all_json_without_repeats_is_read_as_json_reads_it(value: object) -> None:
    assert parse(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(Problem):
        parse(body)
