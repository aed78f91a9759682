"""A failure lasts where the statement, the value or the right is wrong, and not where it passes."""

import pytest
from tests.unit.core.support.database_errors import StateError, database_error

from rookery_core.lasting_failure import is_lasting


@pytest.mark.parametrize(
    "state", ["22003", "22P02", "22P04", "42501", "42601", "42701", "42703", "54000", "54011"]
)
def test_a_wrong_statement_value_or_right_lasts(state: str) -> None:
    assert is_lasting(StateError(state))
    assert is_lasting(database_error(state))


@pytest.mark.parametrize(
    "state",
    [
        None,
        "08006",
        "40001",
        "40P01",
        "42P01",
        "42P07",
        "53100",
        "53300",
        "55P03",
        "57P01",
        "58030",
    ],
)
def test_what_another_moment_mends_passes(state: str | None) -> None:
    assert not is_lasting(StateError(state))
    assert not is_lasting(database_error(state))


def test_an_error_of_another_kind_passes() -> None:
    assert not is_lasting(ValueError("no driver's error"))
    assert not is_lasting(None)
