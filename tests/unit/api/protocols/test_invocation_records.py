"""The scoring protocol's bodies: rows are counted first, and only the contract's columns built."""

import json
from typing import Any

import pytest

from rookery_api.base.problems import Problem
from rookery_api.protocols.invocation_records import CSV, JSON, read_records
from rookery_core.contract import CategoryFeature, Contract, NumberFeature
from rookery_runtime.steps import at_once

CONTRACT = Contract(
    model="m",
    title="M",
    target="t",
    features=(
        NumberFeature(name="a", minimum=0, maximum=9, example=1),
        CategoryFeature(name="b", values=("x", "y"), example="x", optional=True),
    ),
    classes=("yes", "no"),
)
MAX_BATCH = 3
ROW = {"a": 1, "b": "x"}


def read(value: object) -> list[Any]:
    """The records of a JSON body."""
    return at_once(read_records(CONTRACT, JSON, json.dumps(value).encode(), MAX_BATCH))[1]


def read_csv(text: str) -> list[Any]:
    """The records of a CSV body."""
    return at_once(read_records(CONTRACT, CSV, text.encode(), MAX_BATCH))[1]


def shapes(rows: int) -> dict[str, Any]:
    """So many rows in each shape, unknown columns among them."""
    columns: dict[str, list[Any]] = {"c": [None] * rows, "b": ["x"] * rows, "a": [1] * rows}
    split = {"columns": ["c", "b", "a"], "index": [0], "data": [[None, "x", 1]] * rows}
    return {
        "split": {"dataframe_split": split},
        "records": {"dataframe_records": [ROW] * rows},
        "instances": {"instances": [ROW] * rows},
        "lists": {"instances": [[1, "x"]] * rows},
        "columns": {"inputs": columns},
        "nested": {"inputs": {name: [[v] for v in column] for name, column in columns.items()}},
        "inputs": {"inputs": [ROW] * rows},
    }


@pytest.mark.parametrize("shape", shapes(0))
@pytest.mark.parametrize("rows", [0, 1, MAX_BATCH])
def test_batch_within_the_limit_is_read_in_every_shape(shape: str, rows: int) -> None:
    assert read(shapes(rows)[shape]) == [ROW] * rows


@pytest.mark.parametrize("shape", shapes(0))
@pytest.mark.parametrize("rows", [MAX_BATCH + 1, 100_000])
def test_batch_over_the_limit_is_refused_in_every_shape(shape: str, rows: int) -> None:
    with pytest.raises(Problem) as caught:
        read(shapes(rows)[shape])

    assert caught.value.status == 413


def test_too_many_rows_are_refused_before_any_is_looked_at() -> None:
    with pytest.raises(Problem) as caught:
        read({"dataframe_split": {"columns": ["a"], "data": ["no list"] * (MAX_BATCH + 1)}})

    assert caught.value.status == 413


def test_file_is_read_to_the_first_row_too_many() -> None:
    unreadable = "a\n" + "1\n" * (MAX_BATCH + 1) + '"'

    with pytest.raises(Problem) as caught:
        read_csv(unreadable)

    assert caught.value.status == 413


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_blank_lines_of_a_file_are_no_rows(end: str) -> None:
    text = end.join(["", "c,b,a", *[""] * 50_000, "0,x,1", *[""] * 50_000, "0,,2"])

    assert read_csv(text) == [{"b": "x", "a": 1.0}, {"b": None, "a": 2.0}]


def test_wide_file_is_read() -> None:
    names = ",".join(f"x{number}" for number in range(50_000))

    assert read_csv(f"{names},a\n{',' * 50_000}7\n") == [{"a": 7.0}]


@pytest.mark.parametrize("text", ["", "a,a\n1,1", 'a,"\n1', "a\n1,2", "a,b\n1", ",,\n1,2,3"])
def test_file_of_no_table_is_refused(text: str) -> None:
    with pytest.raises(Problem) as caught:
        read_csv(text)

    assert caught.value.status == 400


@pytest.mark.parametrize(
    "value",
    [
        {"dataframe_split": {"columns": ["a", "a"], "data": [[1, 1]]}},
        {"dataframe_split": {"columns": [], "data": []}},
        {"dataframe_split": {"columns": ["a", 1], "data": [[1, 1]]}},
        {"dataframe_split": {"columns": [["a"]], "data": [[1]]}},
        {"dataframe_split": {"columns": {"a": 1}, "data": [[1]]}},
        {"dataframe_split": {"columns": ["a"], "data": [[1, 2]]}},
        {"dataframe_split": {"columns": ["a"], "data": {}}},
        {"dataframe_split": {"columns": ["a"], "data": [[1]], "rows": 1}},
        {"inputs": {"a": [1], "b": ["x", "y"]}},
        {"inputs": {"a": [1], "b": "x"}},
        {"inputs": {"a": [1], "z": [1, 2]}},
        {"inputs": 1},
        {"instances": {}},
        {"instances": [], "inputs": []},
        {"instances": [], "more": 1},
    ],
)
def test_body_of_no_shape_is_refused(value: object) -> None:
    with pytest.raises(Problem) as caught:
        read(value)

    assert caught.value.status == 422
    assert caught.value.faults
