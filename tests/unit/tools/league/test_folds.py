"""The outer folds of a table, and the file of its results."""

from pathlib import Path

import pandas as pd
import pytest
from tests.some import some
from tests.unit.tools.support.rounds import played
from tools.league.entries import ENTRIES, Entry
from tools.league.folds import FOLDS, outer_fold, read_table
from tools.league.results import Budget, read_rounds, write_rounds

ENTRY = Entry("it", "kind", "roc_auc")


@pytest.fixture
def table(tmp_path: Path) -> pd.DataFrame:
    path = tmp_path / "it.csv"
    rows = [f"{number:03}, {'yes' if number % 4 else 'no'} " for number in range(100)]
    path.write_text("\n".join(["code, kind", *rows, "100, "]) + "\n")
    return read_table(path, ENTRY)


def test_cells_are_the_texts_of_the_file_and_every_target_is_known(table: pd.DataFrame) -> None:
    assert list(table.columns) == ["code", "kind"]
    assert list(table["code"].iloc[[0, -1]]) == ["000", "099"]
    assert set(table["kind"]) == {"yes", "no"}


def test_every_row_is_asked_once_and_never_by_a_fold_that_was_given_it(table: pd.DataFrame) -> None:
    folds = [outer_fold(ENTRY, table, number) for number in range(FOLDS)]

    asked = pd.concat([fold.test for fold in folds])
    assert sorted(asked["code"]) == sorted(table["code"])
    for fold in some(folds):
        assert not set(fold.test["code"]) & set(fold.training["code"])
        assert "kind" not in fold.test
        assert set(fold.truth) == {"yes", "no"}


def test_the_folds_are_the_same_every_time(table: pd.DataFrame) -> None:
    assert outer_fold(ENTRY, table, 3).test.equals(outer_fold(ENTRY, table, 3).test)


def test_results_stand_for_the_same_budget_only(tmp_path: Path) -> None:
    path = tmp_path / "results" / "pima.json"
    rounds = {0: played(0, 0.8, 0.9), 2: played(2, None, 0.7)}

    write_rounds(path, Budget(3), rounds)

    assert read_rounds(path, Budget(3)) == rounds
    assert read_rounds(path, Budget(4)) == {}
    assert read_rounds(path, Budget(3, "extra_trees")) == {}
    assert read_rounds(tmp_path / "none.json", Budget(3)) == {}


def test_twenty_tables_of_every_task_are_in_the_league() -> None:
    assert len({entry.name for entry in ENTRIES}) >= 20
    assert {entry.metric for entry in ENTRIES} == {"roc_auc", "log_loss", "rmse"}
