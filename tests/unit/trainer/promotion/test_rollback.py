"""Which change a rollback asks for."""

import pytest
from tests.unit.trainer.support.ledgers import ledger, version

from rookery_core.database.ledger import REINSTATEMENT, ROLLBACK
from rookery_core.errors import Refused
from rookery_trainer.promotion.rollback import change_to
from rookery_trainer.tracking.versions import Version


def everything(_: Version) -> bool:
    return True


@pytest.mark.parametrize(
    ("line", "to", "kind", "target"),
    [
        ("+1 +2", None, ROLLBACK, 1),
        ("+1 +2 +3", 1, ROLLBACK, 1),
        ("+1 +2 -1", 2, REINSTATEMENT, 2),
        ("+1 +2 +3 -1", 2, REINSTATEMENT, 2),
    ],
)
def test_a_rollback_asks_for_the_change_to_its_target(
    line: str, to: int | None, kind: str, target: int
) -> None:
    change = change_to(ledger(line), everything, "species", to)

    assert change is not None
    assert (change.kind, change.version) == (kind, version(target))


def test_champion_already_is_no_change() -> None:
    assert change_to(ledger("+1 +2"), everything, "species", 2) is None


@pytest.mark.parametrize(
    ("line", "to", "fact"),
    [
        ("", None, "has no champion"),
        ("+1", None, "no earlier champion"),
        ("+1 +2 -1", None, "no earlier champion"),
        ("+1 +2", 7, r"version 7 .* name one of \[1, 2\]"),
        ("+1 +2!", 2, "never was champion"),
    ],
)
def test_nothing_to_roll_back_to_is_refused(line: str, to: int | None, fact: str) -> None:
    with pytest.raises(Refused, match=fact):
        change_to(ledger(line), everything, "species", to)
