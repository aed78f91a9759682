"""Which sweeps a retirement removes, and what it leaves to people."""

from dataclasses import replace

import pytest
from tests.unit.trainer.retention.test_plan import facts, registered, run

from rookery_core.registry_names import TAG_DATA_DIGEST
from rookery_trainer.retention.plan import Facts, Plan, RowsRead
from rookery_trainer.retention.retirement_plan import retired_champion, retirement_plan
from rookery_trainer.tracking.sweep_runs import TAG_WATERMARK


def read(number: int) -> RowsRead:
    """Makes what sweep `number` has read: the batch of that number."""
    return RowsRead(number, f"digest-{number}")


def with_inputs(found: Facts) -> Facts:
    """Lets each sweep's run say what it has read."""
    runs = tuple(
        replace(each, inputs=read(int(each.run_id.rpartition("-")[2]))) for each in found.runs
    )
    return replace(found, runs=runs)


def planned(found: Facts, *, forgotten_in: tuple[int, ...]) -> Plan:
    """Plans the retirement where a row of these batches was forgotten; None is any batch."""
    return retirement_plan(
        found, lambda rows: rows.watermark is None or rows.watermark in forgotten_in
    )


def removed(found: Plan) -> list[str]:
    """Lists the sweeps that would go."""
    return [each.sweep_id for each in found.removals]


def test_all_sweeps_that_have_read_the_row_go_whole_and_no_other() -> None:
    found = planned(with_inputs(facts("+1 +2 +6")), forgotten_in=(1, 2, 3))

    assert removed(found) == ["sweep-1", "sweep-2", "sweep-3"]
    assert [each.versions for each in found.removals] == [(1,), (2,), (3,)]
    assert found.removals[0].runs == (replace(run(1), inputs=read(1)),)
    assert [len(each.logged_models) for each in found.removals] == [1, 1, 1]


def test_neither_age_nor_being_among_the_newest_nor_the_alias_previous_keeps_one() -> None:
    found = planned(with_inputs(facts("+1 +5 +6")), forgotten_in=(4, 5))

    assert removed(found) == ["sweep-4", "sweep-5"]


def test_a_version_says_what_its_sweep_has_read_where_its_parent_run_is_gone() -> None:
    base = facts("+6")
    tags = {TAG_WATERMARK: "3", TAG_DATA_DIGEST: "digest-3"}
    versions = {
        number: replace(registered(number), tags={**registered(number).tags, **tags})
        for number in base.versions
    }

    found = planned(replace(base, versions=versions, runs=base.runs[1:]), forgotten_in=(3,))

    assert removed(found) == [f"sweep-{number}" for number in range(1, 7)]


def test_a_sweep_of_which_nobody_knows_what_it_has_read_goes() -> None:
    base = with_inputs(facts("+6"))
    runs = tuple(replace(each, inputs=None) if each == base.runs[0] else each for each in base.runs)

    assert removed(planned(replace(base, runs=runs), forgotten_in=())) == ["sweep-1"]


def test_a_sweep_that_is_under_way_goes_too() -> None:
    base = with_inputs(facts("+6"))
    runs = tuple(replace(each, running=each.run_id == "run-2") for each in base.runs)

    assert removed(planned(replace(base, runs=runs), forgotten_in=(2,))) == ["sweep-2"]


def test_the_champion_is_told_from_the_others() -> None:
    found = with_inputs(facts("+1 +6"))

    assert retired_champion(found, planned(found, forgotten_in=(6,))) == 6
    assert retired_champion(found, planned(found, forgotten_in=(1, 2))) is None
    assert retired_champion(with_inputs(facts("")), planned(found, forgotten_in=(6,))) is None


@pytest.mark.parametrize("name", ["run-3", "m-3"])
def test_what_another_registered_model_comes_from_stays_and_is_told(name: str) -> None:
    shared = replace(with_inputs(facts("+6")), named_elsewhere=frozenset({name}))

    found = planned(shared, forgotten_in=(3, 4))

    assert removed(found) == ["sweep-4"]
    assert found.kept == {"sweep-3": f"{name} is registered elsewhere"}
    assert retired_champion(shared, found) is None


def test_a_champion_that_is_registered_elsewhere_too_is_one_all_the_same() -> None:
    shared = replace(with_inputs(facts("+6")), named_elsewhere=frozenset({"run-6"}))

    assert retired_champion(shared, planned(shared, forgotten_in=(6,))) == 6


def test_a_version_that_a_persons_alias_names_stays_and_is_told() -> None:
    named = with_inputs(facts("+6"))
    named = replace(named, aliases={**named.aliases, "exhibit": 3})

    found = planned(named, forgotten_in=(3, 4))

    assert removed(found) == ["sweep-4"]
    assert found.kept == {"sweep-3": "the alias 'exhibit' names its version 3"}
