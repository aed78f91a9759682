"""Marks of numbers: decimal and thousands marks are those of the whole file; units are told."""

from pathlib import Path

import pytest
from tests.unit.ingest.support.tables import decided, labels, profiled

from rookery_core.errors import Refused
from rookery_ingest.profile.number_formats import NumberFormat
from rookery_ingest.profile.target_decision import Task

N = 300


def test_marks_are_decided_by_all_columns_together(tmp_path: Path) -> None:
    columns = {
        "price": [f"{1 + row % 9}.{row % 1000:03d}" for row in range(N)],
        "share": [f"0,{1 + row % 97}" for row in range(N)],
        "tree": labels(N),
    }

    found = profiled(tmp_path, columns, delimiter=";")

    assert found.numbers == NumberFormat(",", ".")
    assert [each.kind for each in found.decisions] == ["number", "number", "category"]


def test_a_contradiction_is_said(tmp_path: Path) -> None:
    columns = {
        "first": [f"{row}.25" for row in range(N)],
        "second": [f"{row}.75" for row in range(N)],
        "third": [f"{row},5" for row in range(N)],
        "tree": labels(N),
    }

    found = profiled(tmp_path, columns, delimiter=";").decisions[2]

    assert (found.role, "decimal mark ','" in found.reason) == ("ignored", True)


@pytest.mark.parametrize(
    ("cell", "unit", "marks"),
    [
        ("${},234.50", "$", (".", ",")),
        ("{}.5 %", "%", (".", "")),
        ("{} 234,56", None, (",", " ")),
        ("{}\u00a0234,56 €", "€", (",", " ")),
        ("{}'234.50", None, (".", "'")),
        ("{}.5 kg", "kg", (".", "")),
        ("€ {}.50", "€", (".", "")),
        ("-${},234.50", "$", (".", ",")),
        ("-USD {}.5", "USD", (".", "")),
    ],
)
def test_units_and_thousands_are_recognised_and_told(
    tmp_path: Path, cell: str, unit: str | None, marks: tuple[str, str]
) -> None:
    columns = {"asked": [cell.format(1 + row % 80) for row in range(N)], "tree": labels(N)}

    found = profiled(tmp_path, columns, delimiter=";")

    asked = found.decisions[0]
    assert (asked.kind, asked.keys.get("unit")) == ("number", unit)
    assert found.numbers == NumberFormat(*marks)
    assert unit is None or unit in asked.reason


@pytest.mark.parametrize(
    ("cell", "remedy"),
    [
        ("({}.5)", "such as '(1.5)': write -1.5"),
        ("(${},234.50)", "such as '($1,234.50)': write -$1,234.50"),
        ("$({}.5)", "such as '$(1.5)': write -$1.5"),
        ("({}.5 %)", "such as '(1.5 %)': write -1.5 %"),
        ("({}.5) %", "such as '(1.5) %': write -1.5 %"),
        ("{}.5-", "such as '1.5-': write -1.5"),
        ("{}.5 -", "such as '1.5 -': write -1.5"),
        ("€ {}.5-", "such as '€ 1.5-': write -€ 1.5"),
        ("{},5 CR", "such as '1,5 CR': write the sign before the number, without letters"),
        ("{}.5DR", "such as '1.5DR': write the sign before the number, without letters"),
    ],
)
def test_signs_that_are_no_minus_before_the_number_are_told(
    tmp_path: Path, cell: str, remedy: str
) -> None:
    plain = cell.translate(dict.fromkeys(map(ord, "()-CDR")))
    odd = [(cell if row % 3 == 0 else plain).format(1 + row % 90) for row in range(N)]
    cells = ["", *odd, "NA"]

    for delimiter in (",", ";"):
        found = decided(tmp_path, cells, delimiter=delimiter)
        assert found.kind == "category"
        assert found.reason.endswith(f"; all are numbers but for how some write the sign, {remedy}")


def test_a_sign_that_is_rare_in_a_long_file_is_told(tmp_path: Path) -> None:
    cells = [f"{row % 8000}.5" for row in range(20_000)] + ["(17.5)"]

    found = decided(tmp_path, cells)

    assert found.reason.endswith("such as '(17.5)': write -17.5")


@pytest.mark.parametrize(
    "cell", ["({}) 12345", "{}-{}", "({}.1.2026)", "row {} (x)", "A{}-", "({}"]
)
def test_texts_that_only_look_like_it_are_texts(tmp_path: Path, cell: str) -> None:
    found = decided(tmp_path, [cell.format(row % 9, row % 7) for row in range(N)])

    assert "all are numbers" not in found.reason


@pytest.mark.parametrize("task", [None, "number"])
def test_a_target_with_such_signs_is_refused_with_what_makes_it_a_number(
    tmp_path: Path, task: Task | None
) -> None:
    columns = {
        "size": [f"{row}.5" for row in range(N)],
        "gain": [f"({row}.5)" if row % 3 else f"{row}.5" for row in range(N)],
    }

    with pytest.raises(Refused, match=r"write the sign, such as '\(1\.5\)': write -1\.5"):
        profiled(tmp_path, columns, task)


@pytest.mark.parametrize("other", ["€{}.5", "{}.5"])
def test_mixed_units_are_refused(tmp_path: Path, other: str) -> None:
    cells = [("${}.5" if row % 3 else other).format(row % 80) for row in range(N)]

    found = decided(tmp_path, cells)

    assert (found.role, "unit" in found.reason) == ("ignored", True)


def test_a_range_is_widened_by_half_its_width(tmp_path: Path) -> None:
    above = decided(tmp_path, [f"{row % 101}.5" for row in range(N)])
    around = decided(tmp_path, [f"{row % 201 - 100}.0" for row in range(N)])

    assert above.keys["range"] == (0.0, 151.0)
    assert around.keys["range"] == (-200.0, 200.0)
