"""Promotion, rejection and rollback, killed, stopped and in a crowd: a sample of the matrix."""

from pathlib import Path

import pytest
from tests.integration.trainer.candidates import Desk
from tests.integration.trainer.disturbances import Stage, contest, killed_before, stopped_before

from rookery_local.tracking import Tracking


@pytest.fixture
def stage(desk: Desk, tracking: Tracking, tmp_path: Path) -> Stage:
    """Where the promoters of this test run."""
    return Stage(desk, tracking.settings, tmp_path)


@pytest.mark.parametrize("step", ["judge", "alias champion", "outcome"])
def test_killed_promotion_is_made_whole_by_the_next_trainer(stage: Stage, step: str) -> None:
    killed_before(stage, step, 9)


def test_killed_rejection_is_made_whole_by_the_next_trainer(stage: Stage) -> None:
    killed_before(stage, "tags", 1)


def test_killed_rollback_is_finished_and_not_done_twice(stage: Stage) -> None:
    killed_before(stage, "alias champion", None)


@pytest.mark.parametrize("scores", [(2, 1), (3, 5, 1, 4, 2)])
def test_promoters_at_once_go_one_by_one(stage: Stage, scores: tuple[int, ...]) -> None:
    contest(stage, scores)


@pytest.mark.parametrize(("step", "rival"), [("alias champion", 3), ("send champion", 7)])
def test_holder_stopped_beyond_the_time_out_is_refused(stage: Stage, step: str, rival: int) -> None:
    stopped_before(stage, step, rival)
