"""Rollback on the real registry and ledger."""

import pytest
from tests.integration.trainer.support.challengers import RegisteredModel

from rookery_core.errors import Refused
from rookery_core.registry_names import CHAMPION, PREVIOUS, TAG_BARRED, TAG_DECISION
from rookery_trainer.promotion.rollback import roll_back


def test_rollback_serves_the_previous_version_and_bars_the_other(model: RegisteredModel) -> None:
    first, second = model.promote(1), model.promote(2)

    number = roll_back(registry=model.registry, postgres=model.postgres)

    assert number == first.version.number
    assert model.registry.aliases() == {CHAMPION: number}
    tags = model.registry.versions()[second.version.number].tags
    assert tags[TAG_DECISION] == "rolled back"
    assert TAG_BARRED in tags
    assert model.entries().barred == {second.version}


def test_version_rolled_back_does_not_return_with_its_sweep(model: RegisteredModel) -> None:
    first = model.promote(1)
    challenger = model.challenger(2)
    model.decide(challenger)
    roll_back(registry=model.registry, postgres=model.postgres)

    model.decide(challenger)

    assert model.registry.aliases() == {CHAMPION: first.version.number}


def test_one_request_rolls_back_once_however_often_it_comes(model: RegisteredModel) -> None:
    for score in (1, 2, 3):
        model.promote(score)

    numbers = {
        roll_back(registry=model.registry, postgres=model.postgres, request_id="a")
        for _ in range(3)
    }

    assert numbers == {2}
    assert model.registry.aliases() == {PREVIOUS: 1, CHAMPION: 2}


def test_rollback_to_the_champion_changes_nothing(model: RegisteredModel) -> None:
    model.promote(1)
    model.promote(2)
    before = model.entries()

    number = roll_back(registry=model.registry, postgres=model.postgres, to=2)

    assert number == 2
    assert model.entries() == before


def test_rollback_by_number_passes_over_what_lies_between(model: RegisteredModel) -> None:
    for score in (1, 2, 3):
        model.promote(score)

    roll_back(registry=model.registry, postgres=model.postgres, to=1)

    assert model.registry.aliases() == {CHAMPION: 1}


def test_a_version_rolled_back_by_mistake_is_reinstated_by_number(model: RegisteredModel) -> None:
    model.promote(1)
    model.promote(2)
    roll_back(registry=model.registry, postgres=model.postgres)

    roll_back(registry=model.registry, postgres=model.postgres, to=2)

    assert model.registry.aliases() == {PREVIOUS: 1, CHAMPION: 2}
    tags = model.registry.versions()[2].tags
    assert tags[TAG_DECISION] == "promoted"
    assert TAG_BARRED not in tags
    assert not model.entries().barred


def test_nothing_to_roll_back_to_is_said_and_changes_nothing(model: RegisteredModel) -> None:
    with pytest.raises(Refused, match="has no champion"):
        roll_back(registry=model.registry, postgres=model.postgres)
    model.promote(1)

    with pytest.raises(Refused, match="no earlier champion"):
        roll_back(registry=model.registry, postgres=model.postgres)

    assert model.registry.aliases() == {CHAMPION: 1}


def test_a_version_that_never_was_champion_is_refused(model: RegisteredModel) -> None:
    model.promote(2)
    model.promote(1)

    with pytest.raises(Refused, match="never was champion"):
        roll_back(registry=model.registry, postgres=model.postgres, to=2)
