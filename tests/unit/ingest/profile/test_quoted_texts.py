"""Quotes that stand behind spaces, and so are part of the texts."""

from pathlib import Path

import pytest

from rookery_core.errors import Refused
from rookery_ingest.profile.profile import Profile, profile

N = 300


def padded(tmp_path: Path, *, space: str = " ", quote: str = '"', bare: str = "") -> Profile:
    """Profiles a table of a number, two columns of texts and a number in quotes."""
    marks = [f"{quote}{text}{quote}" for text in ("gold", "silver", "bronze")]
    rows = [
        f"{row}.5,{space}{marks[row % 3]},{space}{marks[row % 2]},{space}{quote}{row % 7}{quote}"
        for row in range(N)
    ]
    path = tmp_path / "medals.csv"
    last = [f"1.5, {bare}, {bare}, {bare}"] if bare else []
    path.write_text("\n".join(["time,medal,other,year", *rows, *last]) + "\n")
    return profile(path, "medal")


@pytest.mark.parametrize("quote", ['"', "'"])
def test_quotes_behind_spaces_are_told_with_what_takes_them_off(tmp_path: Path, quote: str) -> None:
    found = padded(tmp_path, quote=quote)

    told = ["the quotes are part of the texts" in each.reason for each in found.decisions]
    assert told == [False, True, True, True]
    assert "skipinitialspace=True" in found.decisions[1].reason


def test_quotes_that_come_off_are_not_told(tmp_path: Path) -> None:
    found = padded(tmp_path, space="")

    assert not [each for each in found.decisions if "quotes" in each.reason]
    assert found.decisions[3].kind == "number"


def test_quotes_of_some_cells_alone_are_texts_as_they_are(tmp_path: Path) -> None:
    found = padded(tmp_path, bare="tin")

    assert not [each for each in found.decisions[1:3] if "quotes" in each.reason]


def test_a_target_that_is_refused_for_its_many_texts_says_so_too(tmp_path: Path) -> None:
    rows = [f'{row}.5, "{row}.25"' for row in range(N)]
    (tmp_path / "t.csv").write_text("\n".join(["size,price", *rows]) + "\n")

    with pytest.raises(Refused, match=r"identifier or free text; the quotes are part of the texts"):
        profile(tmp_path / "t.csv", "price")
