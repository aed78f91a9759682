"""How long the trials of a sweep may still take."""

import pytest
from tests.some import some

from rookery_trainer.model.trial import Configuration
from rookery_trainer.sweep.time_left import TimeLeft

FOLDS = 5
QUICK = Configuration("logistic_regression", {})
SLOW = Configuration("hist_gradient_boosting", {})


def run(left: TimeLeft, seconds: dict[int, float], now: float = 0.0) -> float:
    """Lets one worker try the trials, each fold as long as it is said; returns the time."""
    for index, each in some(seconds.items()):
        for fold in range(1, FOLDS + 1):
            left.fold(index, fold, now)
            now += each
        left.end(index, now)
    return now


def test_nothing_is_said_before_a_fold_has_ended() -> None:
    left = TimeLeft({0: QUICK, 1: QUICK}, FOLDS)
    left.fold(0, 1, 0.0)

    assert left.seconds(7.0) is None


def test_quick_trials_say_nothing_of_slow_ones_once_one_fold_of_these_is_known() -> None:
    trials = dict(enumerate([QUICK, SLOW, QUICK, *[SLOW] * 5]))
    left = TimeLeft(trials, FOLDS)

    now = run(left, {0: 1.0, 1: 60.0, 2: 1.0})
    left.fold(3, 1, now)

    assert left.seconds(now) == pytest.approx(5 * FOLDS * 60, rel=0.01)


def test_a_first_fold_that_lasts_tells_of_its_estimator_before_it_ends() -> None:
    left = TimeLeft(dict(enumerate([SLOW, QUICK, *[SLOW] * 3])), FOLDS, workers=2)
    left.fold(0, 1, 0.0)

    now = run(left, {1: 1.0})

    # Three trials more of five folds of a minute at least, and four folds of the one under way.
    found = left.seconds(now + 55)
    assert found is not None
    assert found >= (3 * FOLDS + FOLDS - 1) * 60 / 2


def test_half_the_learning_rate_is_nearly_twice_the_time() -> None:
    slower = Configuration("hist_gradient_boosting", {"learning_rate": 0.05})
    left = TimeLeft({0: SLOW, 1: slower}, FOLDS)

    now = run(left, {0: 10.0})
    left.fold(1, 1, now)

    found = left.seconds(now)
    assert found is not None
    assert 1.5 * FOLDS * 10 < found < 2 * FOLDS * 10


def test_of_a_fold_that_is_under_way_the_rest_is_left_and_workers_share_the_trials() -> None:
    left = TimeLeft(dict.fromkeys(range(4), QUICK), FOLDS, workers=2)

    now = run(left, {0: 10.0})
    left.fold(1, 3, now)
    left.fold(2, 1, now)

    # Trial 1: half of fold 3, and two more; trial 2: all but a half; trial 3 whole; two workers.
    assert left.seconds(now + 5) == (25 + 45 + 50) / 2


def test_a_trial_whose_end_is_not_recorded_yet_is_no_third_worker() -> None:
    left = TimeLeft(dict.fromkeys(range(5), QUICK), FOLDS, workers=2)

    now = run(left, {0: 10.0})
    for index, fold in ((1, FOLDS), (2, 1), (3, 1)):
        left.fold(index, fold, now)

    # The last fold of trial 1, and three whole trials.
    assert left.seconds(now) == (10 + 3 * 50) / 2


def test_a_trial_that_has_ended_counts_no_more() -> None:
    left = TimeLeft({0: QUICK, 1: QUICK}, FOLDS)

    now = run(left, {0: 10.0, 1: 10.0})

    assert left.seconds(now) == 0


def test_an_estimator_without_a_fold_of_its_own_counts_as_the_others() -> None:
    left = TimeLeft({0: QUICK, 1: Configuration("ridge", {})}, FOLDS)

    now = run(left, {0: 10.0})

    assert left.seconds(now) == FOLDS * 10
