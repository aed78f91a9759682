"""The plan of a retirement: which sweeps go because they have read a forgotten row. Pure."""

from collections.abc import Callable

from rookery_core.registry_names import CHAMPION, PREVIOUS, TAG_DATA_DIGEST
from rookery_trainer.retention.plan import (
    Facts,
    Plan,
    Removal,
    RowsRead,
    doubts_of,
    removal_of,
    sweeps,
    without_sweep,
)
from rookery_trainer.tracking.sweep_runs import TAG_WATERMARK


def retirement_plan(facts: Facts, has_lost_rows: Callable[[RowsRead], bool]) -> Plan:
    """Decides for each sweep: it goes whole where it has read a row that was forgotten.

    Those that have read one and stay all the same are `kept`: what somebody uses elsewhere is for
    people to remove.
    """
    removals: list[Removal] = []
    kept: dict[str, str] = {}
    for sweep_id in sweeps(facts):
        removal = removal_of(facts, sweep_id)
        if not has_lost_rows(rows_read(facts, removal)):
            continue
        reasons = [*doubts_of(facts, removal), *_aliases_of_people(facts, removal)]
        if reasons:
            kept[sweep_id] = "; ".join(reasons)
        else:
            removals.append(removal)
    return Plan(tuple(removals), kept, tuple(without_sweep(facts)))


def rows_read(facts: Facts, removal: Removal) -> RowsRead:
    """Finds out which rows a sweep has read: its parent run says it, and its versions do."""
    told = [run.inputs for run in removal.runs if run.inputs]
    for number in removal.versions:
        tags = facts.versions[number].tags
        if watermark := tags.get(TAG_WATERMARK):
            told.append(RowsRead(int(watermark), tags.get(TAG_DATA_DIGEST)))
    return told[0] if told else RowsRead(None, None)


def retired_champion(facts: Facts, planned: Plan) -> int | None:
    """Returns the number of the champion where its sweep is among those that have to go."""
    champion = facts.desired.champion
    overtaken = {removal.sweep_id for removal in planned.removals} | set(planned.kept)
    return champion.number if champion and champion.sweep_id in overtaken else None


def _aliases_of_people(facts: Facts, removal: Removal) -> list[str]:
    """Lists the aliases that nobody but a person has set."""
    return [
        f"the alias {alias!r} names its version {number}"
        for alias, number in facts.aliases.items()
        if number in removal.versions and alias not in (CHAMPION, PREVIOUS)
    ]
