from rookery_trainer.sweep.trial_runner import PlannedTrial, due


def test_at_first_every_trial_is_due_with_its_own_draw() -> None:
    assert due(3, (), ()) == [PlannedTrial(0, 0), PlannedTrial(1, 1), PlannedTrial(2, 2)]


def test_what_finished_before_is_not_due_again() -> None:
    assert due(3, {0, 2}, ()) == [PlannedTrial(1, 1)]


def test_failures_are_replaced_only_when_all_others_are_known() -> None:
    assert due(4, {0}, {1}) == [PlannedTrial(2, 2), PlannedTrial(3, 3)]


def test_the_next_draws_take_the_places_of_the_failed_by_index() -> None:
    assert due(4, {0, 2}, {3, 1}) == [PlannedTrial(1, 4), PlannedTrial(3, 5)]


def test_a_replacement_that_fails_is_replaced_too() -> None:
    assert due(4, {0, 2, 5}, {1, 3, 4}) == [PlannedTrial(1, 6)]


def test_a_sweep_ends_when_every_index_has_a_finished_draw() -> None:
    assert due(4, {0, 2, 5, 6}, {1, 3, 4}) == []
