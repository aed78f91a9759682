"""Promotion, rejection and rollback, killed, stopped and at once: a sample of the matrix."""

from pathlib import Path

import pytest
from tests.integration.trainer.support.challengers import RegisteredModel
from tests.integration.trainer.support.disturbed_promotions import (
    Promotions,
    killed_before,
    promote_at_once,
    stopped_before,
)

from rookery_local.servers.tracking_server import TrackingServer


@pytest.fixture
def promotions(model: RegisteredModel, tracking: TrackingServer, tmp_path: Path) -> Promotions:
    """Makes the promotions of this test."""
    return Promotions(model, tracking.settings, tmp_path)


@pytest.mark.parametrize("step", ["judge", "alias champion", "outcome"])
def test_killed_promotion_is_made_whole_by_the_next_trainer(
    promotions: Promotions, step: str
) -> None:
    killed_before(promotions, step, 9)


def test_killed_rejection_is_made_whole_by_the_next_trainer(promotions: Promotions) -> None:
    killed_before(promotions, "tags", 1)


def test_killed_rollback_is_finished_and_not_done_twice(promotions: Promotions) -> None:
    killed_before(promotions, "alias champion", None)


@pytest.mark.parametrize("scores", [(2, 1), (3, 5, 1, 4, 2)])
def test_promotions_at_once_are_done_one_by_one(
    promotions: Promotions, scores: tuple[int, ...]
) -> None:
    promote_at_once(promotions, scores)


@pytest.mark.parametrize(("step", "rival"), [("alias champion", 3), ("send champion", 7)])
def test_holder_stopped_beyond_the_time_out_is_refused(
    promotions: Promotions, step: str, rival: int
) -> None:
    stopped_before(promotions, step, rival)
