"""A first line that is no header, or none of this file's cells, is said to be what it is."""

from pathlib import Path

import pytest

from rookery_core.errors import Refused
from rookery_ingest.profile.first_line import number_names
from rookery_ingest.profile.profile import profile
from rookery_ingest.profile.proposal import propose


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("6.3e-03,1.8e+01,2.3e+00\n2.7e-02,0.0e+00,7.0e+00\n", "looks like data"),
        ("2,4,4,3,Z\n4,7,5,5,P\n".replace("4,3", "9,3"), "looks like data"),
        ("1;2,5;3,5;a\n4;5,5;6,5;b\n", "looks like data"),
        ("x,s,x,s\nx,s,y,t\n", "if that line is data, write a header before it"),
        ('size\tcolour   kind\n1.5\tred\t"a b"\n', r"read_csv\(FILE, sep="),
        ("   size   colour   kind\n    1.5  dark red    a\n", r"read_fwf\(FILE\)"),
        ("Trees of 2024\n\nsize,colour,kind\n1,red,a\n2,red,b\n", "one cell alone"),
        ("# by hand,,\nsize,colour,kind\n1,red,a\n", "one cell alone"),
    ],
    ids=["exponents", "letters", "commas", "repeats", "tabs and spaces", "fixed", "title", "comma"],
)
def test_a_first_line_that_is_no_header_is_refused_as_such(
    tmp_path: Path, text: str, told: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)

    with pytest.raises(Refused, match=told):
        profile(path, "kind")


@pytest.mark.parametrize(
    ("headers", "numbers"),
    [
        (["0", "1", "2", "3"], []),
        (["1960", "1961", "1962", "kind"], []),
        (["country", "2010", "kind"], []),
        (["size", "colour"], []),
        (["14.23", "1.71", "2.43", "0"], ["14.23", "1.71", "2.43", "0"]),
        (["5.1", "setosa"], ["5.1"]),
        (["CN010010", "Autauga County", "2009", "23,288", "9.7"], ["2009", "23,288", "9.7"]),
    ],
)
def test_numbers_that_are_counted_on_are_names_and_others_look_like_data(
    headers: list[str], numbers: list[str]
) -> None:
    assert number_names(headers) == numbers


def test_where_nothing_could_be_a_feature_the_target_is_no_reason(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("time,gold\n" + "".join(f"{row},{row % 37}.5\n" for row in range(100)))

    with pytest.raises(Refused, match=r"'time': .*identifier; add columns .* 'gold'") as refusal:
        profile(path, "gold")

    assert "'gold': " not in str(refusal.value)


@pytest.mark.parametrize("filled", [False, True], ids=["empty", "with values"])
def test_several_columns_without_a_name_are_left_out(tmp_path: Path, *, filled: bool) -> None:
    path = tmp_path / "export.csv"
    more = "7,x" if filled else ","
    rows = [f"{row % 37}.5,{'a' if row % 2 else 'b'},{more}" for row in range(300)]
    path.write_text("\n".join(["size,kind,,", *rows]) + "\n")

    found = propose(path, "kind")

    assert [each.header for each in found.profile.features] == ["size"]
    assert found.spec.ignore == ("",)
    assert (found.check.rows, found.check.quarantined) == (300, 0)
