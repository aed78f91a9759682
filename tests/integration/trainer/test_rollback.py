"""Rollback on the real registry and ledger."""

import pytest
from tests.integration.trainer.candidates import Desk

from rookery_core.errors import Refused
from rookery_core.registry import CHAMPION, PREVIOUS, TAG_BARRED, TAG_DECISION
from rookery_trainer.rollback import roll_back


def test_rollback_serves_the_previous_version_and_bars_the_other(desk: Desk) -> None:
    first, second = desk.promote(1), desk.promote(2)

    number = roll_back(registry=desk.registry, postgres=desk.postgres)

    assert number == first.version.number
    assert desk.registry.aliases() == {CHAMPION: number}
    tags = desk.registry.versions()[second.version.number].tags
    assert tags[TAG_DECISION] == "rolled back"
    assert TAG_BARRED in tags
    assert desk.entries().barred == {second.version}


def test_version_rolled_back_does_not_return_with_its_sweep(desk: Desk) -> None:
    first = desk.promote(1)
    candidate = desk.candidate(2)
    desk.conclude(candidate)
    roll_back(registry=desk.registry, postgres=desk.postgres)

    desk.conclude(candidate)

    assert desk.registry.aliases() == {CHAMPION: first.version.number}


def test_one_request_rolls_back_once_however_often_it_comes(desk: Desk) -> None:
    for score in (1, 2, 3):
        desk.promote(score)

    numbers = {
        roll_back(registry=desk.registry, postgres=desk.postgres, request_id="a") for _ in range(3)
    }

    assert numbers == {2}
    assert desk.registry.aliases() == {PREVIOUS: 1, CHAMPION: 2}


def test_rollback_to_the_champion_changes_nothing(desk: Desk) -> None:
    desk.promote(1)
    desk.promote(2)
    before = desk.entries()

    number = roll_back(registry=desk.registry, postgres=desk.postgres, to=2)

    assert number == 2
    assert desk.entries() == before


def test_rollback_by_number_passes_over_what_lies_between(desk: Desk) -> None:
    for score in (1, 2, 3):
        desk.promote(score)

    roll_back(registry=desk.registry, postgres=desk.postgres, to=1)

    assert desk.registry.aliases() == {CHAMPION: 1}


def test_a_version_rolled_back_by_mistake_is_reinstated_by_number(desk: Desk) -> None:
    desk.promote(1)
    desk.promote(2)
    roll_back(registry=desk.registry, postgres=desk.postgres)

    roll_back(registry=desk.registry, postgres=desk.postgres, to=2)

    assert desk.registry.aliases() == {PREVIOUS: 1, CHAMPION: 2}
    tags = desk.registry.versions()[2].tags
    assert tags[TAG_DECISION] == "promoted"
    assert TAG_BARRED not in tags
    assert not desk.entries().barred


def test_nothing_to_roll_back_to_is_said_and_changes_nothing(desk: Desk) -> None:
    with pytest.raises(Refused, match="has no champion"):
        roll_back(registry=desk.registry, postgres=desk.postgres)
    desk.promote(1)

    with pytest.raises(Refused, match="no earlier champion"):
        roll_back(registry=desk.registry, postgres=desk.postgres)

    assert desk.registry.aliases() == {CHAMPION: 1}


def test_a_version_that_never_was_champion_is_refused(desk: Desk) -> None:
    desk.promote(2)
    desk.promote(1)

    with pytest.raises(Refused, match="never was champion"):
        roll_back(registry=desk.registry, postgres=desk.postgres, to=2)
