"""Cells of the second version's columns: what they mean, and why others are none."""

import json
from datetime import datetime
from typing import Any

import pytest

from rookery_core.spec.cells import Cell, CellReader, Invalid
from rookery_core.spec.spec_yaml import parse_spec

TARGET = {"name": "y", "kind": "category", "values": ["a", "b"]}


def read(column: dict[str, Any], text: str, **csv: str) -> Cell:
    document = {
        "spec": 2,
        "name": "cells",
        "source": {"url": "file:x.csv"},
        "csv": csv,
        "columns": [{"name": "x", **column}, TARGET],
        "target": "y",
        "features": ["x"],
        "estimator": "random_forest",
    }
    spec = parse_spec(json.dumps(document), "x.yaml")
    return CellReader(spec, spec.columns[0]).read(text)


def reason(cell: Cell) -> str:
    assert isinstance(cell, Invalid)
    return cell.reason


@pytest.mark.parametrize("text", ["true", "TRUE ", "Yes", "t", "Y", "1"])
def test_true_is_written_in_several_ways(text: str) -> None:
    assert read({"kind": "boolean"}, text) is True


@pytest.mark.parametrize("text", ["false", " no", "F", "n", "0"])
def test_false_is_written_in_several_ways(text: str) -> None:
    assert read({"kind": "boolean"}, text) is False


def test_a_boolean_may_be_missing() -> None:
    assert read({"kind": "boolean"}, "NA") is None


@pytest.mark.parametrize("text", ["2", "maybe", "truefalse", "1.0"])
def test_another_text_is_no_boolean(text: str) -> None:
    assert f"x: '{text}' is neither true (true) nor false (false)" in reason(
        read({"kind": "boolean"}, text)
    )


NUMBERS = [
    ("1.234,5", {"decimal": ",", "thousands": "."}, 1234.5),
    ("-1.234.567", {"decimal": ",", "thousands": "."}, -1234567.0),
    ("1234,5", {"decimal": ",", "thousands": "."}, 1234.5),
    ("0,5", {"decimal": ","}, 0.5),
    ("1,5e3", {"decimal": ","}, 1500.0),
    ("1,234.5", {"thousands": ",", "delimiter": ";"}, 1234.5),
    ("1 234", {"thousands": " "}, 1234.0),
    ("1\u202f234", {"thousands": " "}, 1234.0),
    ("1\u00a0234,5", {"thousands": " ", "decimal": ","}, 1234.5),
    ("1'234", {"thousands": "'"}, 1234.0),
    ("1\u2019234", {"thousands": "'"}, 1234.0),
    ("12", {"thousands": ","}, 12.0),
]


@pytest.mark.parametrize(("text", "csv", "value"), NUMBERS)
def test_a_number_is_read_with_the_marks_of_its_dialect(
    text: str, csv: dict[str, str], value: float
) -> None:
    assert read({"kind": "number"}, text, **csv) == value


@pytest.mark.parametrize(
    ("text", "csv"),
    [
        ("1.5", {"decimal": ","}),
        ("1,5", {}),
        ("1.23,5", {"decimal": ",", "thousands": "."}),
        ("1.2345", {"decimal": ",", "thousands": "."}),
        ("1234.567", {"decimal": ",", "thousands": "."}),
        ("1,234,56", {"thousands": ","}),
        ("1 234", {}),
        ("1,2,3", {"decimal": ","}),
        ("٣", {}),
        ("nan", {}),
        ("inf", {}),
    ],
)
def test_a_number_with_other_marks_is_none(text: str, csv: dict[str, str]) -> None:
    assert "is not a number" in reason(read({"kind": "number"}, text, **csv))


def test_a_number_without_a_range_is_finite_in_float32() -> None:
    assert read({"kind": "number"}, "3.4e38") == 3.4e38
    assert "lies outside" in reason(read({"kind": "number"}, "3.5e38"))


def test_a_number_out_of_range_is_taken_where_that_only_warns() -> None:
    column = {"kind": "number", "range": [0, 1]}

    assert "lies outside 0 to 1" in reason(read(column, "2"))
    assert read({**column, "out_of_range": "warn"}, "2") == 2


@pytest.mark.parametrize(("text", "value"), [("01", 1), ("56", 56), ("000.5", 0.5), ("-007", -7)])
def test_zeros_before_a_number_are_nothing_where_the_spec_says_that_it_is_one(
    text: str, value: float
) -> None:
    assert read({"kind": "number"}, text) == value


def test_a_whole_number_may_be_written_with_a_point_of_nothing() -> None:
    column = {"kind": "number", "integer": True}

    assert (read(column, "3.0"), read(column, "1e3")) == (3, 1000)
    assert "is not a whole number" in reason(read(column, "3.5"))


@pytest.mark.parametrize("text", ["45", "45 %", "45%", "% 45", " 45\u00a0% "])
def test_a_number_may_have_the_unit_of_its_column(text: str) -> None:
    assert read({"kind": "number", "unit": "%"}, text) == 45


@pytest.mark.parametrize("text", ["-$45", "$-45", "$ -45", "-45 $", "-$ 45"])
def test_the_sign_of_a_number_stands_before_its_unit_or_behind(text: str) -> None:
    assert read({"kind": "number", "unit": "$"}, text) == -45


@pytest.mark.parametrize("text", ["- $45", "-$-45", "--45 $", "- 45"])
def test_a_sign_elsewhere_makes_no_number(text: str) -> None:
    assert "is not a number" in reason(read({"kind": "number", "unit": "$"}, text))


@pytest.mark.parametrize("text", ["45 $", "45 %%", "%", "% 45 %", "4 % 5"])
def test_a_number_with_another_unit_is_none(text: str) -> None:
    assert "is not a number" in reason(read({"kind": "number", "unit": "%"}, text))


def test_an_open_label_is_what_the_cell_says() -> None:
    column = {"kind": "category", "values": "any"}

    assert read(column, " Zoë ") == "Zo\u00eb"
    assert read(column, "") is None
    assert "more than 200" in reason(read(column, "x" * 201))
    assert "stands for no value" in reason(read(column, "__missing__"))


MOMENTS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "2026-01-31", "2026-01-31T00:00:00"),
    ({}, "2026-01-31T13:45", "2026-01-31T13:45:00"),
    ({}, " 2026-01-31 13:45:10.5 ", "2026-01-31T13:45:10.500000"),
    ({}, "2026-01-31T13:45:10.123456789", "2026-01-31T13:45:10.123456"),
    ({"zone": "UTC"}, "2026-01-31T13:45:00Z", "2026-01-31T13:45:00+00:00"),
    ({"zone": "UTC"}, "2026-01-31 13:45+01:00", "2026-01-31T12:45:00+00:00"),
    ({"zone": "UTC"}, "2026-01-31 13:45:00-0530", "2026-01-31T19:15:00+00:00"),
    ({"zone": "UTC"}, "2026-01-31 13:45:00+01", "2026-01-31T12:45:00+00:00"),
    ({"format": "%d.%m.%Y"}, "01.02.2026", "2026-02-01T00:00:00"),
    ({"format": "%m/%d/%y %I:%M %p"}, "02/01/26 01:05 PM", "2026-02-01T13:05:00"),
    (
        {"format": "%d.%m.%Y %H:%M", "zone": "Europe/Berlin"},
        "01.07.2026 12:00",
        "2026-07-01T10:00:00+00:00",
    ),
    (
        {"format": "%Y-%m-%d %H:%M %z", "zone": "UTC"},
        "2026-07-01 12:00 +0200",
        "2026-07-01T10:00:00+00:00",
    ),
]


@pytest.mark.parametrize(("column", "text", "moment"), MOMENTS)
def test_a_moment_is_read_in_the_form_of_its_column(
    column: dict[str, Any], text: str, moment: str
) -> None:
    found = read({"kind": "datetime", **column}, text)

    assert isinstance(found, datetime)
    assert found.isoformat() == moment


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ({}, "31.01.2026", "is not a date or time of ISO 8601"),
        ({}, "20260131", "is not a date or time of ISO 8601"),
        ({}, "2026-02-30", "is not a moment"),
        ({}, "2026-01-31T25:00", "is not a moment"),
        ({}, "2026-01-31T13:45Z", "has an offset, and the column has no zone"),
        ({"zone": "UTC"}, "2026-01-31T13:45", "has no offset"),
        ({"zone": "UTC"}, "0001-01-01T00:00+14:00", "is not a moment"),
        ({"format": "%d.%m.%Y"}, "2026-01-31", "is not of the form %d.%m.%Y"),
        ({"format": "%d.%m.%Y"}, "31.13.2026", "is not of the form %d.%m.%Y"),
    ],
)
def test_a_text_of_another_form_is_no_moment(column: dict[str, Any], text: str, said: str) -> None:
    assert said in reason(read({"kind": "datetime", **column}, text))
