"""What follows from a ledger's entries."""

from datetime import timedelta

import pytest
from tests.unit.trainer.support.ledgers import START, ledger, version

from rookery_trainer.gate.decision import Decision
from rookery_trainer.promotion.entries import (
    DesiredAliases,
    Entries,
    Rejection,
    desired_aliases,
    earlier_champions,
)


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


def test_a_challenger_also_meets_the_last_five_champions_and_two_much_older_ones() -> None:
    entries = ledger(" ".join(f"+{number}" for number in range(1, 21)))

    found = earlier_champions(entries, lambda _: True)

    assert found == [version(number) for number in (19, 18, 17, 16, 13, 5)]


def test_champions_that_are_gone_or_barred_are_no_opponents() -> None:
    entries = ledger("+1 +2 +3 -2 +4 +5")

    assert earlier_champions(entries, lambda each: each != version(4)) == [version(2), version(1)]


def rejection(number: int, hours: float, rule: str, *, second: bool = True) -> Rejection:
    decision = Decision(False, rule, "reason", {"learned": {}} if second else {})
    return Rejection(version(number), None, decision, START + timedelta(hours=hours))


def test_sweeps_rejected_as_first_champions_are_counted_since_the_last_change() -> None:
    rejections = (
        rejection(10, 0.5, "first champion"),
        rejection(11, 2.5, "first champion"),
        rejection(12, 2.6, "first champion"),
        rejection(13, 2.7, "fresh data"),
        rejection(14, 2.8, "first champion", second=False),
    )

    assert Entries(rejections=rejections).rejected_as_first == 3
    assert Entries(ledger("+1 +2").intents, rejections).rejected_as_first == 2
