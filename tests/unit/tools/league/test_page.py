"""The page: rows of the tables that were played, and those that stand."""

import dataclasses
from pathlib import Path

from tests.unit.tools.support.rounds import played
from tools.league.page import BEGIN, END, HEAD, table, write_page


def test_the_page_has_a_line_for_each_table_that_was_played(tmp_path: Path) -> None:
    page = tmp_path / "league.md"
    page.write_text(f"before\n{BEGIN}\n| yesterday |\n{END}\nafter\n")
    rounds = [played(0, 0.8, 0.9), dataclasses.replace(played(1, 0.8, 0.7), refused=3)]

    write_page({"pima": rounds}, page)

    text = page.read_text()
    line = next(each for each in text.splitlines() if each.startswith("| pima "))
    assert "yesterday" not in text
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert line.endswith("| 2 | 691 | 20 | 12 | 5 | 5,000 | 1.5 | 0 | 3 | 2026-11-30 |")
    assert "| +0.00% | 2.12% | reached |" in line
    assert "keeps up on 1 of 1 tables that were played (of 20); the median gap is +0.00%" in text


def test_a_table_that_is_not_served_is_said() -> None:
    said = table({"pima": [played(0, None, 0.8)]}, {})

    assert "on 1 a fold has no champion" in said
    assert "| missed |" in said


def test_a_row_whose_table_was_not_played_again_stands(tmp_path: Path) -> None:
    page = tmp_path / "league.md"
    page.write_text(f"{BEGIN}\n{END}\n")
    write_page({"pima": [played(0, 0.8, 0.9)], "segment": [played(0, 0.5, 0.9)]}, page)
    (old,) = (line for line in page.read_text().splitlines() if line.startswith("| segment "))

    write_page({"pima": [played(0, 0.95, 0.9)], "adult": [played(0, 0.9, 0.9)]}, page)

    text = page.read_text()
    assert old in text
    assert "| pima | roc_auc | 0.9500 |" in text
    assert text.index("| adult ") < text.index("| pima ") < text.index("| segment ")
    assert "keeps up on 3 of 3 tables that were played (of 20)" in text


def test_a_row_that_was_written_before_a_column_came_has_nothing_in_it(tmp_path: Path) -> None:
    page = tmp_path / "league.md"
    head = " | ".join(HEAD[:7])
    line = "| churn | roc_auc | 0.9 | 0.9 linear | +2.00% | 1.00% | missed |"
    page.write_text(f"{BEGIN}\n| {head} |\n| {'--- | ' * 7}\n{line}\n{END}\n")

    write_page({}, page)

    assert line + "  |" * (len(HEAD) - 7) in page.read_text()
    assert "keeps up on 0 of 1 tables" in page.read_text()
