"""When a process without a champion is ready."""

from pathlib import Path

import pytest

from rookery_api.base.problems import Problem
from rookery_api.registry.served_models import Roster, now
from rookery_core.catalog import Catalog, Fault, load_catalog

MODELS = ("sex", "species")


@pytest.fixture
def roster() -> Roster:
    """The roster of a process that has heard nothing yet."""
    catalog = {name: spec for name, spec in load_catalog().items() if name in MODELS}
    roster = Roster(Catalog(catalog), "species", 4)
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


FAULT = Fault(Path("bad.yaml"), "is not a model spec: estimator: no such one")


def with_fault(model: str) -> Catalog:
    """The shipped catalog, in which the spec of `model` is not valid."""
    others = {name: spec for name, spec in load_catalog().items() if name != model}
    return Catalog(others, {model: FAULT})


def test_model_without_a_valid_spec_says_why_and_takes_no_process_out() -> None:
    roster = Roster(with_fault("bad"), "species", 4)
    for model in (*MODELS, "bad"):
        roster.update(model, checked_at=now())

    with pytest.raises(Problem) as refused:
        roster.champion("bad")

    assert (refused.value.status, refused.value.reason) == (503, "spec_invalid")
    assert str(FAULT) in refused.value.detail
    assert roster.ready
    assert roster.card("bad").contract is None
    assert roster.card("bad").spec_error == roster.catalog_error == str(FAULT)
    assert roster.card("sex").spec_error is None


def test_champion_of_a_model_without_a_valid_spec_is_awaited_as_any_other() -> None:
    roster = Roster(with_fault("bad"), "species", 4)
    heard(roster)
    roster.update("bad", checked_at=now(), named="1")
    roster.settle()

    assert roster.entry("bad").state == "spec_invalid"
    assert roster.unready == "champion_loading"


def test_spec_that_goes_bad_and_heals_leaves_the_rest_of_the_entry(roster: Roster) -> None:
    heard(roster, named="1", refused="1")
    before, revision = roster.entry("sex"), roster.revision

    gone = roster.adopt(with_fault("sex"))
    bad = roster.card("sex")
    roster.adopt(load_catalog())

    assert gone == []
    assert (bad.state, bad.spec_error) == ("spec_invalid", str(FAULT))
    assert bad.contract is not None
    assert roster.entry("sex") == before
    assert roster.revision == revision + 2


def test_model_whose_bad_spec_is_taken_away_goes() -> None:
    roster = Roster(with_fault("bad"), "species", 4)

    assert roster.adopt(load_catalog()) == ["bad"]
    assert "bad" not in roster
