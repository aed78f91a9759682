"""The registry is made to say what the ledger says."""

import pytest
from sqlalchemy import text
from tests.integration.trainer.support.challengers import RegisteredModel

from rookery_core.database.connection import engine
from rookery_core.database.ledger import COMMITTED, PROMOTION
from rookery_core.database.names import PROCESSED
from rookery_core.registry_names import CHAMPION, PREVIOUS, TAG_DECISION
from rookery_trainer.gate.decision import Decision
from rookery_trainer.promotion.entries import Change
from rookery_trainer.promotion.ledger_rows import add_intent
from rookery_trainer.promotion.reconciliation import reconcile_model
from rookery_trainer.tracking.versions import Version


def test_alias_set_by_hand_is_repaired_and_recorded(model: RegisteredModel) -> None:
    model.promote(1)
    model.promote(2)
    model.promote(0)
    for alias in (CHAMPION, PREVIOUS):
        model.client.set_registered_model_alias(model.name, alias, "3")

    reconcile_model(model.registry, model.postgres)

    assert model.registry.aliases() == {PREVIOUS: 1, CHAMPION: 2}
    ledger = engine(model.postgres, PROCESSED)
    with ledger.connect() as connection:
        repairs = connection.execute(
            text("SELECT alias, found, rightful FROM ledger.repairs WHERE model = :model"),
            {"model": model.name},
        ).all()
    ledger.dispose()
    assert sorted(map(tuple, repairs)) == [(CHAMPION, 3, 2), (PREVIOUS, 3, 1)]


def test_alias_taken_away_by_hand_comes_back(model: RegisteredModel) -> None:
    model.promote(1)
    model.client.delete_registered_model_alias(model.name, CHAMPION)

    reconcile_model(model.registry, model.postgres)

    assert model.registry.aliases() == {CHAMPION: 1}


def test_alias_without_any_ledger_is_left_alone_until_a_sweep_promotes(
    model: RegisteredModel,
) -> None:
    by_hand = model.challenger(1)
    model.registry.register(by_hand.sweep_id, by_hand.run_id, by_hand.model_id, by_hand.tags)
    model.client.set_registered_model_alias(model.name, CHAMPION, "1")

    reconcile_model(model.registry, model.postgres)

    assert model.registry.aliases() == {CHAMPION: 1}
    assert model.promote(0).outcome == "promoted"
    assert model.registry.aliases() == {CHAMPION: 2}


def test_aliases_of_people_are_not_touched(model: RegisteredModel) -> None:
    model.promote(1)
    model.client.set_registered_model_alias(model.name, "exhibit", "1")

    model.promote(2)

    assert model.registry.aliases() == {"exhibit": 1, PREVIOUS: 1, CHAMPION: 2}


def test_intent_whose_version_is_gone_is_abandoned(model: RegisteredModel) -> None:
    model.promote(1)
    lost = model.challenger(2)
    version = model.registry.register(lost.sweep_id, lost.run_id, lost.model_id, lost.tags).version
    ledger = engine(model.postgres, PROCESSED)
    with ledger.begin() as connection:
        change = Change(PROMOTION, version, 1, Decision(True, "rule", "reason", {}))
        add_intent(connection, model.name, 2, change)
    ledger.dispose()
    model.client.delete_model_version(model.name, str(version.number))

    outcome = model.decide(lost)

    assert outcome.outcome == "abandoned"
    assert [intent.outcome for intent in model.entries().intents] == [COMMITTED, "abandoned"]
    assert model.registry.aliases() == {CHAMPION: 1}
    assert list(model.registry.versions()) == [1]


def test_deleted_champion_is_followed_by_the_one_before(model: RegisteredModel) -> None:
    model.promote(1)
    model.promote(2)
    model.client.delete_model_version(model.name, "2")

    reconcile_model(model.registry, model.postgres)

    assert model.registry.aliases() == {CHAMPION: 1}


def test_registry_made_anew_does_not_inherit_the_old_numbers(model: RegisteredModel) -> None:
    model.promote(5)
    model.client.delete_registered_model(model.name)

    outcome = model.promote(1)

    assert outcome.outcome == "promoted"
    assert outcome.version == Version(1, outcome.version.sweep_id)
    assert model.registry.aliases() == {CHAMPION: 1}


@pytest.mark.parametrize("tag", [TAG_DECISION])
def test_tags_lost_to_a_crash_are_written_again(model: RegisteredModel, tag: str) -> None:
    model.promote(1)
    model.client.delete_model_version_tag(model.name, "1", tag)

    reconcile_model(model.registry, model.postgres)

    assert model.registry.versions()[1].tags[tag] == "promoted"
