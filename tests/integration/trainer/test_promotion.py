"""Promotion, undisturbed and disturbed."""

import json

import pytest
from tests.integration.trainer.candidates import Desk

from rookery_core.registry import (
    CHAMPION,
    PREVIOUS,
    TAG_DECISION,
    TAG_EPOCH,
    TAG_EVIDENCE,
    TAG_PROMOTED_AT,
)


def test_first_winner_becomes_champion_and_says_so_in_its_tags(desk: Desk) -> None:
    candidate = desk.candidate(1)

    conclusion = desk.conclude(candidate)

    assert conclusion.decision == "promoted"
    assert desk.registry.aliases() == {CHAMPION: conclusion.version.number}
    tags = desk.registry.versions()[conclusion.version.number].tags
    assert tags[TAG_DECISION] == "promoted"
    assert tags[TAG_EPOCH] == "1"
    assert tags[TAG_PROMOTED_AT].endswith("+00:00")
    assert json.loads(tags[TAG_EVIDENCE])["rule"] == "greater wins"


def test_second_champion_leaves_the_first_as_previous(desk: Desk) -> None:
    first = desk.promote(1)

    second = desk.promote(2)

    assert desk.registry.aliases() == {
        PREVIOUS: first.version.number,
        CHAMPION: second.version.number,
    }
    assert [intent.outcome for intent in desk.entries().intents] == ["committed", "committed"]


def test_rejection_is_on_record_and_changes_no_alias(desk: Desk) -> None:
    first = desk.promote(2)
    candidate = desk.candidate(1)

    conclusion = desk.conclude(candidate)

    assert conclusion.decision == "rejected"
    assert desk.registry.aliases() == {CHAMPION: first.version.number}
    rejection = desk.entries().rejection(candidate.sweep_id)
    assert rejection is not None
    assert rejection.champion == first.version.number
    assert rejection.grounds.evidence["not_a_number"] == "nan"
    parent = desk.client.get_run(candidate.parent_run_id)
    assert parent.data.tags[TAG_DECISION] == "rejected"
    assert "1 against 2" in parent.data.tags[TAG_EVIDENCE]


@pytest.mark.parametrize("score", [0, 5])
def test_a_decided_sweep_is_not_decided_again(desk: Desk, score: int) -> None:
    desk.promote(2)
    candidate = desk.candidate(score)
    before = desk.conclude(candidate)
    entries = desk.entries()

    # With another score now: the ledger's word stands.
    after = desk.conclude(candidate, score=7 - score)

    assert after == before
    assert desk.entries() == entries
    assert len(desk.registry.versions()) == 2
