"""When a process without a champion is ready."""

import pytest

from rookery_api.roster import Roster, now
from rookery_core.catalog import load_catalog

MODELS = ("sex", "species")


@pytest.fixture
def roster() -> Roster:
    """The roster of a process that has heard nothing yet."""
    catalog = {name: spec for name, spec in load_catalog().items() if name in MODELS}
    roster = Roster(catalog, "species", 4)
    roster.settle()
    return roster


def heard(roster: Roster, **changes: object) -> None:
    """The registry has answered for both models, and named nothing but what `changes` say."""
    for model in MODELS:
        roster.update(model, checked_at=now(), **changes)


def test_process_that_heard_nothing_is_not_ready(roster: Roster) -> None:
    roster.update("sex", checked_at=now())
    roster.settle()

    assert roster.unready == "registry_unknown"


def test_process_is_ready_once_it_knows_that_there_is_no_champion(roster: Roster) -> None:
    heard(roster)

    assert roster.ready


def test_process_whose_only_champion_has_not_arrived_is_not_ready(roster: Roster) -> None:
    heard(roster, named="1")
    roster.settle()

    assert roster.entry("sex").state == "champion_loading"
    assert roster.unready == "champion_loading"


def test_first_champion_takes_no_process_out_while_it_is_loaded(roster: Roster) -> None:
    heard(roster)
    roster.settle()

    roster.update("sex", named="1")
    while_it_is_loaded = roster.ready
    roster.settle()

    assert while_it_is_loaded
    assert not roster.ready


def test_refused_champion_takes_no_process_out(roster: Roster) -> None:
    heard(roster, named="1", refused="1")
    roster.settle()

    assert roster.entry("sex").state == "champion_broken"
    assert roster.ready


def test_version_after_a_refused_one_is_loading(roster: Roster) -> None:
    heard(roster, named="2", refused="1")

    assert roster.entry("sex").state == "champion_loading"


def test_process_that_ends_is_not_ready(roster: Roster) -> None:
    heard(roster)
    roster.draining = True

    assert roster.unready == "draining"
