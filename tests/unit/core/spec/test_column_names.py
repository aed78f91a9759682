"""The name that a header of a file gets."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.some import some

from rookery_core.spec.column_names import column_name


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Mean Radius (mm)", "mean_radius_mm"),
        ("Kreditbetrag (€)", "kreditbetrag"),
        ("Beschäftigt seit", "beschaeftigt_seit"),
        ("Zoë", "zoe"),
        ("2nd", "x2nd"),
        ("%", "percent"),
        ("日付", "column"),
        ("", "unnamed"),
        ("xmin", "xmin_2"),
        ("probabilities", "probabilities_2"),
        ("a" * 60, "a" * 48),
    ],
)
def test_a_header_gets_a_name_that_people_know_it_by(header: str, name: str) -> None:
    assert column_name(header) == name


def test_names_of_headers_alike_are_told_apart() -> None:
    assert column_name("A b", {"a_b", "a_b_2"}) == "a_b_3"


@given(st.lists(st.text(max_size=60), min_size=1, max_size=8))
def test_any_headers_get_names_that_a_spec_takes(headers: list[str]) -> None:
    names: list[str] = []
    for header in headers:
        names.append(column_name(header, names))

    assert len(set(names)) == len(headers)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,47}", name) for name in some(names))
