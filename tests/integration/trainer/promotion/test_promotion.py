"""Promotion, undisturbed and disturbed."""

import json

import pytest
from tests.integration.trainer.support.challengers import RegisteredModel

from rookery_core.registry_names import (
    CHAMPION,
    PREVIOUS,
    TAG_DECISION,
    TAG_EPOCH,
    TAG_EVIDENCE,
    TAG_PROMOTED_AT,
)


def test_first_challenger_becomes_champion_and_its_tags_say_so(model: RegisteredModel) -> None:
    challenger = model.challenger(1)

    outcome = model.decide(challenger)

    assert outcome.outcome == "promoted"
    assert model.registry.aliases() == {CHAMPION: outcome.version.number}
    tags = model.registry.versions()[outcome.version.number].tags
    assert tags[TAG_DECISION] == "promoted"
    assert tags[TAG_EPOCH] == "1"
    assert tags[TAG_PROMOTED_AT].endswith("+00:00")
    assert json.loads(tags[TAG_EVIDENCE])["rule"] == "greater wins"


def test_second_champion_leaves_the_first_as_previous(model: RegisteredModel) -> None:
    first = model.promote(1)

    second = model.promote(2)

    assert model.registry.aliases() == {
        PREVIOUS: first.version.number,
        CHAMPION: second.version.number,
    }
    assert [intent.outcome for intent in model.entries().intents] == ["committed", "committed"]


def test_rejection_is_on_record_and_changes_no_alias(model: RegisteredModel) -> None:
    first = model.promote(2)
    challenger = model.challenger(1)

    outcome = model.decide(challenger)

    assert outcome.outcome == "rejected"
    assert model.registry.aliases() == {CHAMPION: first.version.number}
    rejection = model.entries().rejection(challenger.sweep_id)
    assert rejection is not None
    assert rejection.champion == first.version.number
    assert rejection.decision.evidence["not_a_number"] is None
    parent = model.client.get_run(challenger.parent_run_id)
    assert parent.data.tags[TAG_DECISION] == "rejected"
    assert "1 against 2" in parent.data.tags[TAG_EVIDENCE]


@pytest.mark.parametrize("score", [0, 5])
def test_a_decided_sweep_is_not_decided_again(model: RegisteredModel, score: int) -> None:
    model.promote(2)
    challenger = model.challenger(score)
    before = model.decide(challenger)
    entries = model.entries()

    # With another score now: the ledger's word stands.
    after = model.decide(challenger, score=7 - score)

    assert after == before
    assert model.entries() == entries
    assert len(model.registry.versions()) == 2
