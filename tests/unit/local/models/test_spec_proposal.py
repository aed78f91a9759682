"""The spec of a new table is written once, and shown column by column."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from rookery_core.errors import Refused
from rookery_ingest.profile.proposal import Proposal, propose
from rookery_local.models.spec_proposal import show_proposal, write_new

ROWS = [
    f"{row},{row // 4},{row % 91}.5,{'a' if row % 3 else 'b'},{row % 3 == 0}" for row in range(300)
]


@pytest.fixture
def found(tmp_path: Path) -> Proposal:
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["row_id,patient,size,copy,late", *ROWS, ",,,,"]) + "\n1,2\n")
    return propose(path, "late")


@pytest.mark.parametrize("is_terminal", [True, False])
def test_every_column_is_shown_with_its_reason(found: Proposal, is_terminal: bool) -> None:
    console = Console(file=StringIO(), force_terminal=is_terminal, width=200, color_system=None)
    lines: list[str] = []

    show_proposal(console, lines.append, found)

    assert isinstance(console.file, StringIO)
    shown = console.file.getvalue() + "\n".join(lines)
    for told in (
        "300 rows, 5 columns",
        "left out",
        "all distinct whole numbers",
        "no feature",
        "an identifier that repeats",
        "left out: leak",
        "target, category",
        "1 of 301 rows would go into quarantine",
        "rows repeat in patient: see holdout in the spec",
    ):
        assert told in shown


@pytest.mark.parametrize("is_terminal", [True, False])
def test_of_a_wide_table_what_is_left_out_is_shown_and_the_rest_counted(
    tmp_path: Path, is_terminal: bool
) -> None:
    header = ",".join([*(f"size_{place}" for place in range(200)), "row_id", "late"])
    rows = [
        ",".join(
            [*(f"{(row * place) % 211}.5" for place in range(1, 201)), f"{row},{row % 3 == 0}"]
        )
        for row in range(100)
    ]
    (tmp_path / "wide.csv").write_text("\n".join([header, *rows]) + "\n")
    found = propose(tmp_path / "wide.csv", "late")
    console = Console(file=StringIO(), force_terminal=is_terminal, width=200, color_system=None)
    lines: list[str] = []

    show_proposal(console, lines.append, found)

    assert isinstance(console.file, StringIO)
    shown = (console.file.getvalue() + "\n".join(lines)).splitlines()
    assert len(shown) < 70
    assert [line for line in shown if "size_50" in line]
    assert [line for line in shown if "row_id" in line and "left out" in line]
    assert "142 more columns: 142 number; the spec has the reason of each" in shown


def test_a_number_for_a_name_is_shown_where_the_first_line_looks_like_data(tmp_path: Path) -> None:
    rows = [f"C{row},{row % 91}.5,{row % 7},{row % 3 == 0}" for row in range(300)]
    (tmp_path / "t.csv").write_text("\n".join(["C999,9.7,23,True", *rows]) + "\n")
    found = propose(tmp_path / "t.csv", "True")
    lines: list[str] = []

    show_proposal(Console(file=StringIO(), width=200), lines.append, found)

    (told,) = [line for line in lines if "the names of columns" in line]
    assert told.startswith("numbers are the names of columns, such as '9.7': if the first line is")


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    write_new(tmp_path / "t.yaml", "first")

    with pytest.raises(Refused, match="is there already"):
        write_new(tmp_path / "t.yaml", "second")
    with pytest.raises(Refused, match="can't be written"):
        write_new(tmp_path / "no folder" / "t.yaml", "x")
    assert (tmp_path / "t.yaml").read_text() == "first"
