"""Promotion under every disturbance, whole."""

import logging
from pathlib import Path

import pytest
from tests.integration.trainer.candidates import Desk
from tests.integration.trainer.disturbances import (
    PROMOTION_STEPS,
    REJECTION_STEPS,
    ROLLBACK_STEPS,
    Stage,
    contest,
    killed_before,
    stopped_before,
)

from rookery_local.tracking import Tracking


@pytest.fixture
def stage(desk: Desk, tracking: Tracking, tmp_path: Path) -> Stage:
    """Where the promoters of this test run."""
    return Stage(desk, tracking.settings, tmp_path)


@pytest.mark.parametrize(
    ("score", "step"),
    [
        *((9, step) for step in PROMOTION_STEPS),
        *((1, step) for step in REJECTION_STEPS),
        *((None, step) for step in ROLLBACK_STEPS),
    ],
)
def test_killed_before_every_step(stage: Stage, score: int | None, step: str) -> None:
    found = killed_before(stage, step, score)

    # `make torture ARGS=--log-file=found.log` keeps the table.
    logging.getLogger(__name__).warning("score %s, killed before %r: %s", score, step, found)


@pytest.mark.parametrize("round_", range(20))
@pytest.mark.parametrize("scores", [(2, 1), (1, 2), (3, 5, 1, 4, 2)])
def test_promoters_at_once(stage: Stage, scores: tuple[int, ...], round_: int) -> None:
    contest(stage, scores)


@pytest.mark.parametrize("rival", [3, 7])
@pytest.mark.parametrize("step", PROMOTION_STEPS[2:-2])
def test_holder_stopped_before_every_step_that_writes(stage: Stage, step: str, rival: int) -> None:
    stopped_before(stage, step, rival)
