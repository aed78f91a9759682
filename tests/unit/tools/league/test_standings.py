"""What the rounds of a table say together."""

import pytest
from tests.unit.tools.support.rounds import played
from tools.league.entries import Entry
from tools.league.standings import standing

TREES = Entry("pima", "Class", "roc_auc", "0.824-0.845")


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
