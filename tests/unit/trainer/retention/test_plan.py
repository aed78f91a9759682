"""What retention keeps, what it removes, and what it leaves alone in doubt."""

from dataclasses import replace

import pytest
from tests.unit.trainer.support.ledgers import ledger, version

from rookery_core.registry_names import CHAMPION, PREVIOUS, TAG_BUNDLE
from rookery_trainer.promotion.entries import desired_aliases
from rookery_trainer.retention.plan import DAY, Facts, RetentionRules, StoredModel, StoredRun, plan
from rookery_trainer.tracking.versions import RegisteredVersion

NOW = 100 * DAY
RULES = RetentionRules(keep_versions=2, min_age=30 * DAY)


def run(number: int) -> StoredRun:
    """Makes the one run of sweep `number`, which ended on day `number`."""
    name = f"run-{number}"
    place = f"mlflow-artifacts:/7/{name}/artifacts"
    return StoredRun(name, f"sweep-{number}", False, False, number * DAY, place)


def logged_model(number: int) -> StoredModel:
    """Makes the logged model of `run(number)`."""
    place = f"mlflow-artifacts:/7/models/m-{number}/artifacts/"
    return StoredModel(f"m-{number}", f"run-{number}", False, place)


def registered(number: int) -> RegisteredVersion:
    """Makes version `number`, made on day `number`."""
    bundle = {TAG_BUNDLE: f"7/run-{number}/artifacts/bundle"}
    return RegisteredVersion(version(number), f"run-{number}", f"m-{number}", number * DAY, bundle)


def facts(line: str = "+1 +2", versions: int = 6) -> Facts:
    """Makes versions 1 to `versions`, each with its sweep, and the ledger of `line`."""
    entries, numbers = ledger(line), range(1, versions + 1)
    desired = desired_aliases(entries, lambda _: True)
    named = {CHAMPION: desired.champion, PREVIOUS: desired.previous}
    return Facts(
        experiment_id="7",
        versions={number: registered(number) for number in numbers},
        aliases={alias: each.number for alias, each in named.items() if each},
        entries=entries,
        desired=desired,
        runs=tuple(run(number) for number in numbers),
        logged_models=tuple(logged_model(number) for number in numbers),
        named_elsewhere=frozenset(),
    )


def removed(facts: Facts, rules: RetentionRules = RULES, now: int = NOW) -> list[int]:
    """Lists the numbers of the sweeps that would go."""
    return [int(each.sweep_id.rpartition("-")[2]) for each in plan(facts, rules, now).removals]


def test_newest_and_aliased_versions_stay() -> None:
    assert removed(facts()) == [3, 4]


def test_removal_is_whole() -> None:
    [removal, _] = plan(facts(), RULES, NOW).removals

    assert removal.versions == (3,)
    assert removal.runs == (run(3),)
    assert removal.logged_models == (logged_model(3),)


def test_young_sweeps_stay() -> None:
    assert removed(facts(), now=33 * DAY) == [3]
    assert removed(facts(), now=32 * DAY) == []


def test_sweep_without_a_version_goes_when_it_is_old() -> None:
    orphaned = replace(facts(), versions={n: registered(n) for n in (1, 2, 4, 5, 6)})

    assert removed(orphaned) == [3, 4]


def test_version_of_an_open_intent_stays() -> None:
    assert removed(facts("+1 +2 +3?")) == [4]


def test_ledgers_champion_stays_even_if_the_alias_names_another() -> None:
    astray = replace(facts("+1 +2"), aliases={CHAMPION: 3})

    assert removed(astray) == [4]


@pytest.mark.parametrize("alias", ["champion", "exhibit"])
def test_whatever_an_alias_names_stays(alias: str) -> None:
    assert removed(replace(facts(), aliases={alias: 4})) == [3]


def test_sweep_that_is_not_over_stays() -> None:
    going = tuple(replace(each, running=each.run_id == "run-3") for each in facts().runs)

    assert removed(replace(facts(), runs=going)) == [4]


@pytest.mark.parametrize("name", ["run-3", "m-3"])
def test_what_another_registered_model_comes_from_is_doubted(name: str) -> None:
    shared = replace(facts(), named_elsewhere=frozenset({name}))

    planned = plan(shared, RULES, NOW)

    assert [removal.sweep_id for removal in planned.removals] == ["sweep-4"]
    assert planned.doubts == (f"sweep sweep-3 stays: {name} is registered elsewhere",)


def test_version_that_stays_keeps_the_run_it_comes_from() -> None:
    base = facts()
    odd = replace(base.versions[6], tags={TAG_BUNDLE: "7/run-3/artifacts/bundle"})

    assert removed(replace(base, versions={**base.versions, 6: odd})) == [4]


@pytest.mark.parametrize(
    "place",
    [
        "s3://elsewhere/7/run-3/artifacts",
        "mlflow-artifacts:/7/run-4/artifacts",
        "mlflow-artifacts:/7",
        "mlflow-artifacts:/",
    ],
)
def test_artifacts_at_an_unexpected_place_are_left_alone(place: str) -> None:
    odd = tuple(replace(r, artifacts=place) if r.run_id == "run-3" else r for r in facts().runs)

    assert removed(replace(facts(), runs=odd)) == [4]


def test_version_of_another_program_is_left_alone() -> None:
    base = facts()
    foreign = replace(base.versions[3], version=replace(version(3), sweep_id=""))

    planned = plan(replace(base, versions={**base.versions, 3: foreign}), RULES, NOW)

    assert [removal.versions for removal in planned.removals] == [(4,)]
    assert any("version 3 has no sweep" in doubt for doubt in planned.doubts)
