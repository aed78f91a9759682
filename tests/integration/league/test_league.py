"""The league, small: three tables from file to served model, with three trials."""

from pathlib import Path

import pytest
from tests.some import some
from tools.league.__main__ import play_tables, results_of, standing_results
from tools.league.entries import ENTRIES
from tools.league.page import table
from tools.league.results import Budget, Round

from rookery_local.folder.home import Home
from rookery_local.folder.lock import holder

TABLES = ("pima", "vehicle", "breast_cancer")
BUDGET = Budget(trials=3, estimator="logistic_regression")
PLAYED = [entry for entry in ENTRIES if entry.name in TABLES]
LIBRARIES = {"lightgbm", "xgboost", "hist_gradient_boosting", "random_forest", "linear"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("league")
    play_tables(PLAYED, BUDGET, 1, folder)
    return folder


@pytest.fixture(scope="module")
def rounds(folder: Path) -> dict[str, Round]:
    return {name: found[0] for name, found in standing_results(folder, BUDGET).items()}


def test_every_table_is_served_as_its_scikit_learn_model_answers(rounds: dict[str, Round]) -> None:
    assert set(rounds) == set(TABLES)
    for each in some(rounds.values()):
        assert (each.rejection, each.estimator) == ("", "logistic_regression")
        assert each.labels_that_differ == 0
        assert each.largest_difference <= 1e-5
        assert min(each.rows_per_second, each.latency, each.processor_seconds) > 0


def test_the_served_model_and_the_libraries_are_scored_on_the_same_rows(
    rounds: dict[str, Round],
) -> None:
    for each in some(rounds.values()):
        assert set(each.libraries) == LIBRARIES
    auc = {name: rounds[name].score for name in ("pima", "breast_cancer")}
    losses = rounds["vehicle"].score, rounds["vehicle"].libraries["xgboost"].score
    assert auc["pima"] is not None
    assert auc["breast_cancer"] is not None
    assert losses[0] is not None
    assert auc["pima"] > 0.7
    assert auc["breast_cancer"] > 0.95
    assert max(losses[0], losses[1]) < 0.9
    # A mixed up class or row on either side would be a gap of this size.
    assert abs(auc["pima"] - rounds["pima"].libraries["linear"].score) < 0.1
    assert abs(auc["breast_cancer"] - rounds["breast_cancer"].libraries["linear"].score) < 0.05


def test_what_stands_is_not_played_again(folder: Path) -> None:
    before = {entry.name: results_of(folder, entry).stat() for entry in PLAYED}

    play_tables(PLAYED, BUDGET, 1, folder)

    assert {entry.name: results_of(folder, entry).stat() for entry in PLAYED} == before


def test_the_stack_ends_with_the_league(folder: Path) -> None:
    assert holder(Home(folder / "state").lock) is None


def test_each_table_has_its_line(folder: Path) -> None:
    lines = table(standing_results(folder, BUDGET), {}).splitlines()

    for name in some(TABLES):
        assert sum(line.startswith(f"| {name} ") for line in lines) == 1
