"""Tags that say what the ledger says."""

import json

from tests.unit.trainer.support.ledgers import ledger, version

from rookery_core.registry_names import (
    TAG_BARRED,
    TAG_DECISION,
    TAG_EPOCH,
    TAG_EVIDENCE,
    TAG_PROMOTED_AT,
)
from rookery_trainer.gate.decision import Decision
from rookery_trainer.promotion.sync_tags import LONGEST, decision_tags, tags_of


def test_tags_of_a_promotion_have_epoch_and_time() -> None:
    tags = tags_of(ledger("+1 +2"), version(2))

    assert tags[TAG_DECISION] == "promoted"
    assert tags[TAG_EPOCH] == "2"
    assert tags[TAG_PROMOTED_AT] == "2026-01-01T02:00:00+00:00"
    assert json.loads(tags[TAG_EVIDENCE]) == {
        "rule": "rule",
        "reason": "reason",
        "evidence": {"figure": 1.5},
    }


def test_tags_of_a_version_that_was_rolled_back_say_so() -> None:
    entries = ledger("+1 +2 -1")

    assert tags_of(entries, version(2))[TAG_DECISION] == "rolled back"
    assert tags_of(entries, version(2))[TAG_BARRED] == "epoch 3: worse in use"
    assert tags_of(entries, version(1)) == tags_of(ledger("+1"), version(1))


def test_a_rejection_is_tagged_and_an_open_intent_is_not() -> None:
    entries = ledger("+1 +2?", rejected=3)

    assert tags_of(entries, version(3))[TAG_DECISION] == "rejected"
    assert tags_of(entries, version(2)) == {}


def test_evidence_too_long_for_a_tag_loses_its_lists_not_its_reason() -> None:
    scores = [float(number) for number in range(LONGEST)]
    grounds = Decision(True, "rule", "reason", {"scores": scores, "p": float("nan"), "gain": 0.5})

    text = decision_tags("rejected", grounds)[TAG_EVIDENCE]

    assert len(text) <= LONGEST
    assert json.loads(text) == {
        "rule": "rule",
        "reason": "reason",
        "evidence": {"gain": 0.5, "p": None},
        "shortened": True,
    }
