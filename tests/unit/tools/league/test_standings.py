"""What the rounds of a table say together."""

import dataclasses
from pathlib import Path

import pytest
from tools.league.entries import Entry
from tools.league.page import BEGIN, END, table, write_page
from tools.league.results import Library, Round
from tools.league.standings import standing

TREES = Entry("pima", "Class", "roc_auc", "0.824-0.845")


def played(fold: int, score: float | None, xgboost: float, lightgbm: float = 0.7) -> Round:
    """A round in which two libraries scored so."""
    return Round(
        fold=fold,
        rows=691,
        asked=77,
        score=score,
        rejection="" if score else "rejected",
        estimator="random_forest" if score else "",
        seconds=20,
        processor_seconds=12,
        rows_per_second=5000,
        latency=1.5,
        refused=0,
        labels_that_differ=0,
        largest_difference=1e-7,
        libraries={
            "xgboost": Library(xgboost, 3, 5, 0.012),
            "lightgbm": Library(lightgbm, 3, 5, 0.001),
        },
    )


def test_the_best_library_is_the_one_with_the_best_mean() -> None:
    found = standing(TREES, [played(0, 0.8, 0.9), played(1, 0.8, 0.7)])

    assert found.best == "xgboost"
    assert found.best_score == pytest.approx(0.8)
    assert found.score == pytest.approx(0.8)
    assert found.gap == pytest.approx(0)
    assert found.keeps_up


def test_a_smaller_loss_is_the_better_one() -> None:
    found = standing(Entry("segment", "Class", "log_loss"), [played(0, 0.5, 0.9, lightgbm=0.4)])

    assert found.best == "lightgbm"
    assert found.gap == pytest.approx(0.25)
    assert not found.keeps_up


def test_two_standard_errors_are_allowed_and_at_least_one_percent() -> None:
    wide = standing(TREES, [played(0, 0.78, 0.8)])
    two = standing(TREES, [played(0, 0.78, 0.8), played(1, 0.78, 0.8)])
    narrow = standing(TREES, [played(0, 0.6, 0.6, lightgbm=0.8)])

    assert wide.allowed == pytest.approx(2 * 0.012 / 0.8)
    assert two.allowed == pytest.approx(2 * 0.012 / 2**0.5 / 0.8)
    assert narrow.allowed == 0.01


def test_a_fold_without_a_champion_never_keeps_up() -> None:
    found = standing(TREES, [played(0, 0.99, 0.8), played(1, None, 0.8)])

    assert (found.score, found.gap, found.keeps_up) == (None, None, False)


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
    assert line.endswith("| 2 | 691 | 20 | 12 | 5 | 5,000 | 1.5 | 0 | 3 |")
    assert "| +0.00% | 2.12% | reached |" in line
    assert "keeps up on 1 of 1 tables that were played (of 20); the median gap is +0.00%" in text


def test_a_table_that_is_not_served_is_said() -> None:
    said = table({"pima": [played(0, None, 0.8)]})

    assert "on 1 a fold has no champion" in said
    assert "| missed |" in said
