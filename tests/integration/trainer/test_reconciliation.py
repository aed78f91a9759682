"""The registry is made to say what the ledger says."""

import pytest
from sqlalchemy import text
from tests.integration.trainer.candidates import Desk

from rookery_core.databases import PROCESSED, engine
from rookery_core.ledger import COMMITTED, PROMOTION
from rookery_core.registry import CHAMPION, PREVIOUS, TAG_DECISION
from rookery_trainer.entries import Change, Grounds
from rookery_trainer.ledger import add_intent
from rookery_trainer.promotion import settle
from rookery_trainer.versions import Version


def test_alias_set_by_hand_is_repaired_and_recorded(desk: Desk) -> None:
    desk.promote(1)
    desk.promote(2)
    desk.promote(0)
    for alias in (CHAMPION, PREVIOUS):
        desk.client.set_registered_model_alias(desk.model, alias, "3")

    settle(desk.registry, desk.postgres)

    assert desk.registry.aliases() == {PREVIOUS: 1, CHAMPION: 2}
    ledger = engine(desk.postgres, PROCESSED)
    with ledger.connect() as connection:
        repairs = connection.execute(
            text("SELECT alias, found, rightful FROM ledger.repairs WHERE model = :model"),
            {"model": desk.model},
        ).all()
    ledger.dispose()
    assert sorted(map(tuple, repairs)) == [(CHAMPION, 3, 2), (PREVIOUS, 3, 1)]


def test_alias_taken_away_by_hand_comes_back(desk: Desk) -> None:
    desk.promote(1)
    desk.client.delete_registered_model_alias(desk.model, CHAMPION)

    settle(desk.registry, desk.postgres)

    assert desk.registry.aliases() == {CHAMPION: 1}


def test_alias_without_any_ledger_is_left_alone_until_a_sweep_promotes(desk: Desk) -> None:
    by_hand = desk.candidate(1)
    desk.registry.register(by_hand.sweep_id, by_hand.run_id, by_hand.model_id, by_hand.tags)
    desk.client.set_registered_model_alias(desk.model, CHAMPION, "1")

    settle(desk.registry, desk.postgres)

    assert desk.registry.aliases() == {CHAMPION: 1}
    assert desk.promote(0).decision == "promoted"
    assert desk.registry.aliases() == {CHAMPION: 2}


def test_aliases_of_people_are_not_touched(desk: Desk) -> None:
    desk.promote(1)
    desk.client.set_registered_model_alias(desk.model, "exhibit", "1")

    desk.promote(2)

    assert desk.registry.aliases() == {"exhibit": 1, PREVIOUS: 1, CHAMPION: 2}


def test_intent_whose_version_is_gone_is_abandoned(desk: Desk) -> None:
    desk.promote(1)
    lost = desk.candidate(2)
    version = desk.registry.register(lost.sweep_id, lost.run_id, lost.model_id, lost.tags).version
    ledger = engine(desk.postgres, PROCESSED)
    with ledger.begin() as connection:
        change = Change(PROMOTION, version, 1, Grounds("rule", "reason", {}))
        add_intent(connection, desk.model, 2, change)
    ledger.dispose()
    desk.client.delete_model_version(desk.model, str(version.number))

    conclusion = desk.conclude(lost)

    assert conclusion.decision == "abandoned"
    assert [intent.outcome for intent in desk.entries().intents] == [COMMITTED, "abandoned"]
    assert desk.registry.aliases() == {CHAMPION: 1}
    assert list(desk.registry.versions()) == [1]


def test_deleted_champion_is_followed_by_the_one_before(desk: Desk) -> None:
    desk.promote(1)
    desk.promote(2)
    desk.client.delete_model_version(desk.model, "2")

    settle(desk.registry, desk.postgres)

    assert desk.registry.aliases() == {CHAMPION: 1}


def test_registry_made_anew_does_not_inherit_the_old_numbers(desk: Desk) -> None:
    desk.promote(5)
    desk.client.delete_registered_model(desk.model)

    conclusion = desk.promote(1)

    assert conclusion.decision == "promoted"
    assert conclusion.version == Version(1, conclusion.version.sweep_id)
    assert desk.registry.aliases() == {CHAMPION: 1}


@pytest.mark.parametrize("tag", [TAG_DECISION])
def test_tags_lost_to_a_crash_are_written_again(desk: Desk, tag: str) -> None:
    desk.promote(1)
    desk.client.delete_model_version_tag(desk.model, "1", tag)

    settle(desk.registry, desk.postgres)

    assert desk.registry.versions()[1].tags[tag] == "promoted"
