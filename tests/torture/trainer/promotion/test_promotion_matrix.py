"""Promotion under every disturbance, whole."""

import logging
from pathlib import Path

import pytest
from tests.integration.trainer.support.challengers import RegisteredModel
from tests.integration.trainer.support.disturbed_promotions import (
    PROMOTION_STEPS,
    REJECTION_STEPS,
    ROLLBACK_STEPS,
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


@pytest.mark.parametrize(
    ("score", "step"),
    [
        *((9, step) for step in PROMOTION_STEPS),
        *((1, step) for step in REJECTION_STEPS),
        *((None, step) for step in ROLLBACK_STEPS),
    ],
)
def test_killed_before_every_step(promotions: Promotions, score: int | None, step: str) -> None:
    found = killed_before(promotions, step, score)

    # `make torture ARGS=--log-file=found.log` keeps the table.
    logging.getLogger(__name__).warning("score %s, killed before %r: %s", score, step, found)


@pytest.mark.parametrize("round_", range(20))
@pytest.mark.parametrize("scores", [(2, 1), (1, 2), (3, 5, 1, 4, 2)])
def test_promotions_at_once(promotions: Promotions, scores: tuple[int, ...], round_: int) -> None:
    promote_at_once(promotions, scores)


@pytest.mark.parametrize("rival", [3, 7])
@pytest.mark.parametrize("step", PROMOTION_STEPS[2:-2])
def test_holder_stopped_before_every_step_that_writes(
    promotions: Promotions, step: str, rival: int
) -> None:
    stopped_before(promotions, step, rival)
