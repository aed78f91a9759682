"""What follows from a ledger's entries."""

import pytest
from tests.unit.trainer.support.ledgers import ledger, version

from rookery_trainer.promotion.entries import DesiredAliases, Entries, desired_aliases


@pytest.mark.parametrize(
    ("line", "champion", "previous"),
    [
        ("+1", 1, None),
        ("+1 +2", 2, 1),
        ("+1 +2 +3", 3, 2),
        ("+1 +2 +3?", 2, 1),
        ("+1 +2 +3!", 2, 1),
        ("+1 +2! +3", 3, 1),
        ("+1 +2 -1", 1, None),
        ("+1 +2 +3 -2", 2, 1),
        ("+1 +2 +3 -1", 1, None),
        ("+1 +2 +3 -2 -1", 1, None),
        ("+1 +2 -1 +3", 3, 1),
        ("+1 +2 -1 ^2", 2, 1),
        ("+1 +2 -1 ^2 +3", 3, 2),
        ("+1 +2 -1 ^2 -1", 1, None),
        ("+1 +2 -1 ^2 -1 +3", 3, 1),
    ],
)
def test_aliases_follow_the_committed_epochs(
    line: str, champion: int, previous: int | None
) -> None:
    desired = desired_aliases(ledger(line), lambda _: True)

    assert desired.champion == version(champion)
    assert desired.previous == (version(previous) if previous else None)


def test_empty_ledger_has_no_champion() -> None:
    assert desired_aliases(Entries(), lambda _: True) == DesiredAliases()


def test_version_that_is_gone_is_passed_over() -> None:
    here = {version(1), version(3)}

    desired = desired_aliases(ledger("+1 +2 +3"), here.__contains__)

    assert desired == DesiredAliases(version(3), version(1), 3)


def test_deleted_champion_leaves_its_place_to_the_one_before() -> None:
    here = {version(1), version(2)}

    desired = desired_aliases(ledger("+1 +2 +3"), here.__contains__)

    assert (desired.champion, desired.previous) == (version(2), version(1))


def test_version_is_barred_until_it_is_reinstated() -> None:
    assert ledger("+1 +2 -1").barred == {version(2)}
    assert not ledger("+1 +2 -1 ^2").barred
    assert ledger("+1 +2 -1 ^2 -1").barred == {version(2)}


def test_only_the_last_intent_can_be_open() -> None:
    entries = ledger("+1 +2?")

    assert entries.open == entries.intents[-1]
    assert ledger("+1 +2").open is None
    assert entries.next_epoch == 3
