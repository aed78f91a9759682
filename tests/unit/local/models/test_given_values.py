"""The values of a command line, as a request holds them."""

from typing import Any

import pytest
from tests.some import some

from rookery_core.errors import Refused
from rookery_local.models.given_values import request_body

FEATURES = [
    {"kind": "number", "name": "minutes", "aliases": ["Minutes/month"], "example": 118.3},
    {"kind": "boolean", "name": "auto_pay", "aliases": ["Auto-pay"], "example": True},
    {"kind": "category", "name": "city", "values": ["Köln"], "example": "Köln"},
    {"kind": "datetime", "name": "since", "example": "2019-01-01"},
]
EXAMPLE = {"minutes": 118.3, "auto_pay": True, "city": "Köln", "since": "2019-01-01"}
SECOND: dict[str, Any] = {"features": FEATURES, "folded_names": True}
FIRST: dict[str, Any] = {"features": [{"kind": "number", "name": "mass", "example": 1.0}]}


def test_without_values_it_is_the_example() -> None:
    assert request_body(SECOND, {}) == EXAMPLE


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("Yes", True), ("1", True), ("false", False), ("no", False), ("F", False)],
)
def test_a_boolean_is_true_or_false_in_the_request(text: str, value: bool) -> None:
    assert request_body(SECOND, {"auto_pay": text})["auto_pay"] is value


def test_another_word_for_a_boolean_is_refused_with_the_remedy() -> None:
    with pytest.raises(Refused, match=r"^auto_pay=maybe is not true or false; write one"):
        request_body(SECOND, {"auto_pay": "maybe"})


@pytest.mark.parametrize("name", ["minutes", "MINUTES", "Minutes/month", " minutes/Month "])
def test_a_feature_is_called_as_in_a_request(name: str) -> None:
    assert request_body(SECOND, {name: "12.5"}) == EXAMPLE | {"minutes": 12.5}


def test_nothing_is_a_missing_value_of_every_kind() -> None:
    for name in some(EXAMPLE):
        assert request_body(SECOND, {name: ""})[name] is None


def test_a_feature_by_two_of_its_names_is_refused() -> None:
    with pytest.raises(Refused, match=r"^auto_pay is given twice, by two names"):
        request_body(SECOND, {"auto_pay": "no", "Auto-pay": "no"})


def test_in_a_first_version_names_are_as_they_are_written() -> None:
    assert request_body(FIRST, {"mass": "3"}) == {"mass": 3.0}
    with pytest.raises(Refused, match=r"^'Mass' is no feature; those are mass; did you mean mass"):
        request_body(FIRST, {"Mass": "3"})


def test_who_mistypes_a_name_is_told_the_names_and_the_nearest() -> None:
    with pytest.raises(Refused) as refused:
        request_body(SECOND, {"minuts": "3"})

    told = "'minuts' is no feature; those are minutes, auto_pay, city, since; did you mean minutes?"
    assert str(refused.value) == told
