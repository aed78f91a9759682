"""When a process without a champion is ready."""

from pathlib import Path

import pytest
from pydantic import JsonValue

from rookery_api.base.cards import VersionCard
from rookery_api.base.problems import Problem
from rookery_api.registry.served_models import ServedModels, now
from rookery_core.spec.catalog import Catalog, Fault, load_catalog

MODELS = ("sex", "species")


@pytest.fixture
def models() -> ServedModels:
    """The models of a process that has heard nothing yet."""
    catalog = {name: spec for name, spec in load_catalog().items() if name in MODELS}
    models = ServedModels(Catalog(catalog), "species", 4)
    models.update_readiness()
    return models


def heard(models: ServedModels, **changes: object) -> None:
    """The registry has answered for both models, and named nothing but what `changes` say."""
    for model in MODELS:
        models.update(model, checked_at=now(), **changes)


def test_process_that_heard_nothing_is_not_ready(models: ServedModels) -> None:
    models.update("sex", checked_at=now())
    models.update_readiness()

    assert models.unready == "registry_unknown"


def test_process_is_ready_once_it_knows_that_there_is_no_champion(models: ServedModels) -> None:
    heard(models)

    assert models.ready


def test_process_whose_only_champion_has_not_arrived_is_not_ready(models: ServedModels) -> None:
    heard(models, named="1")
    models.update_readiness()

    assert models.find("sex").state == "champion_loading"
    assert models.unready == "champion_loading"


def test_first_champion_takes_no_process_out_while_it_is_loaded(models: ServedModels) -> None:
    heard(models)
    models.update_readiness()

    models.update("sex", named="1")
    while_it_is_loaded = models.ready
    models.update_readiness()

    assert while_it_is_loaded
    assert not models.ready


def test_refused_champion_takes_no_process_out(models: ServedModels) -> None:
    heard(models, named="1", refused="1")
    models.update_readiness()

    assert models.find("sex").state == "champion_broken"
    assert models.ready


def test_version_after_a_refused_one_is_loading(models: ServedModels) -> None:
    heard(models, named="2", refused="1")

    assert models.find("sex").state == "champion_loading"


def test_process_that_ends_is_not_ready(models: ServedModels) -> None:
    heard(models)
    models.draining = True

    assert models.unready == "draining"


FAULT = Fault(Path("bad.yaml"), "is not a model spec: estimator: no such one")


def with_fault(model: str) -> Catalog:
    """The shipped catalog, in which the spec of `model` is not valid."""
    others = {name: spec for name, spec in load_catalog().items() if name != model}
    return Catalog(others, {model: FAULT})


def test_model_without_a_valid_spec_says_why_and_takes_no_process_out() -> None:
    models = ServedModels(with_fault("bad"), "species", 4)
    for model in (*MODELS, "bad"):
        models.update(model, checked_at=now())

    with pytest.raises(Problem) as refused:
        models.champion("bad")

    assert (refused.value.status, refused.value.reason) == (503, "spec_invalid")
    assert str(FAULT) in refused.value.detail
    assert models.ready
    assert models.card("bad").contract is None
    assert models.card("bad").spec_error == models.catalog_error == str(FAULT)
    assert models.card("sex").spec_error is None


def test_champion_of_a_model_without_a_valid_spec_is_awaited_as_any_other() -> None:
    models = ServedModels(with_fault("bad"), "species", 4)
    heard(models)
    models.update("bad", checked_at=now(), named="1")
    models.update_readiness()

    assert models.find("bad").state == "spec_invalid"
    assert models.unready == "champion_loading"


def test_spec_that_goes_bad_and_heals_leaves_the_rest_of_the_entry(models: ServedModels) -> None:
    heard(models, named="1", refused="1")
    before, revision = models.find("sex"), models.revision

    gone = models.adopt(with_fault("sex"))
    bad = models.card("sex")
    models.adopt(load_catalog())

    assert gone == []
    assert (bad.state, bad.spec_error) == ("spec_invalid", str(FAULT))
    assert bad.contract is not None
    assert models.find("sex") == before
    assert models.revision == revision + 2


def test_model_whose_bad_spec_is_taken_away_goes() -> None:
    models = ServedModels(with_fault("bad"), "species", 4)

    assert models.adopt(load_catalog()) == ["bad"]
    assert "bad" not in models


def card(version: str, decision: str, reason: JsonValue) -> VersionCard:
    return VersionCard(
        version=version,
        run_id="run",
        aliases=[],
        created_at=None,
        decision=decision,
        promoted_at=None,
        epoch=None,
        barred=False,
        evidence={"reason": reason},
    )


def test_without_a_champion_the_gates_reason_is_told(models: ServedModels) -> None:
    reason = "rejected by the rule 'first champion': cross-validated skill, above 0, is -0.1"
    history = (card("2", "rejected", reason), card("1", "rejected", "another"))

    heard(models, history=history)

    assert models.find("sex").why == (
        f"The registry names no champion of this model yet: version 2 was {reason}. "
        "Mend what the rule found, and run its trainer again."
    )


def test_a_reason_that_is_none_is_not_told(models: ServedModels) -> None:
    plain = models.find("sex").rejection
    found = []
    for other in (
        card("2", "promoted", "x"),
        card("2", "rejected", 7),
        card("2", "rejected", "x" * 9999),
    ):
        heard(models, history=(other,))
        found.append(models.find("sex").why)

    assert plain is None
    assert set(found) == {"The registry names no champion of this model yet; run its trainer."}
