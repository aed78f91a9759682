"""The profile of a file: what each column is, and what the spec is to say of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rookery_core.errors import Refused
from rookery_core.spec.columns import folded
from rookery_ingest.profile.column_decisions import decide, number_format
from rookery_ingest.profile.decision import Decision, ignored, in_quotes, listing
from rookery_ingest.profile.leaks import as_leak, leak
from rookery_ingest.profile.number_formats import PLAIN, NumberFormat
from rookery_ingest.profile.sampled_values import sampled_values
from rookery_ingest.profile.table_file import TableFile
from rookery_ingest.profile.table_room import within_room
from rookery_ingest.profile.table_statistics import TableFacts, table_facts
from rookery_ingest.profile.target_decision import Target, Task, decide_target, find_target
from rookery_ingest.profile.value_leaks import value_leak

Told = Callable[[Decision, NDArray[np.float64]], str]
"""Says how a column with these sampled values gives the target away."""


@dataclass(frozen=True)
class Profile:
    """A file, and what was decided about each of its columns."""

    table: TableFile
    facts: TableFacts
    numbers: NumberFormat
    decisions: Sequence[Decision]
    """In the order of the file."""
    target: Target

    @property
    def features(self) -> list[Decision]:
        """Lists the columns that a model is to see."""
        return [each for each in self.decisions if each.role == "feature"]


def profile(path: Path, target: str, task: Task | None = None) -> Profile:
    """Reads a file and decides what each of its columns is.

    Raises:
        Refused: it is no table, has no such target, or nothing in it could be a feature.
    """
    table = TableFile(path)
    position = find_target(table.header, target)
    if table.header[position] in table.unfit:
        kind = table.unfit[table.header[position]]
        raise Refused(
            f"the target {in_quotes(table.header[position])} holds values of type {kind}; choose a "
            "column of numbers or labels"
        )
    facts = table_facts(table, position)
    if not facts.rows:
        raise Refused(_no_rows(path, facts))
    form = PLAIN if table.form.is_json else number_format(facts, table.form.delimiter)
    about_target = decide_target(facts.columns[position], form, task)
    decisions = [
        ignored(column.header, f"values of type {table.unfit[column.header]}, which are no cells")
        if column.header in table.unfit
        else decide(column, form)
        for column in facts.columns
    ]
    decisions = _without_nameless(decisions)
    decisions[position] = about_target.decision
    decisions = _without_leaks(facts, decisions, position, about_target, form)
    decisions = within_room(decisions, [column.missing for column in facts.columns])
    found = Profile(table, facts, form, decisions, about_target)
    if not found.features:
        raise Refused(_no_feature(found))
    return found


def _no_rows(path: Path, facts: TableFacts) -> str:
    if not facts.fault_count:
        return f"{path} has a header and no rows; give a table with rows"
    line, why = facts.faults[0]
    return (
        f"none of the {facts.fault_count:,} records of {path} is a row of its header; line {line}: "
        f"{why}; give all lines as many cells as the header, and quotes round a cell that holds "
        "the delimiter"
    )


def _no_feature(found: Profile) -> str:
    others = [each for each in found.decisions if each.role != "target"]
    why = listing([f"{in_quotes(each.header)}: {each.reason}" for each in others])
    asked = found.target.decision.header
    return (
        f"no column of {found.table.path} could be a feature: {why or 'there is no other column'}; "
        f"add columns that say something of {in_quotes(asked)}, of a free text such as its length "
        "and whether it has a word; what you know to be a measurement or a label may be a feature "
        "in a spec written by hand (examples/README.md)"
    )


def _without_nameless(decisions: Sequence[Decision]) -> list[Decision]:
    """Leaves out the columns without a name if there are several: nothing tells them apart."""
    nameless = sum(not each.header.strip() for each in decisions)
    return [
        ignored(each.header, f"one of {nameless:,} columns without a name ({each.reason})")
        if nameless > 1 and not each.header.strip()
        else each
        for each in decisions
    ]


def _without_leaks(
    facts: TableFacts,
    decisions: list[Decision],
    position: int,
    target: Target,
    form: NumberFormat,
) -> list[Decision]:
    leaks = _value_leaks if target.is_number else _class_leaks
    told = leaks(facts.columns[position].sample, target, form)
    kept = []
    for column, decision in zip(facts.columns, decisions, strict=True):
        said = ""
        if decision.role == "feature":
            said = told(decision, sampled_values(decision, column.sample, form))
        kept.append(as_leak(decision, target.decision.header, said) if said else decision)
    return kept


def _value_leaks(cells: list[str], target: Target, form: NumberFormat) -> Told:
    targets = sampled_values(target.decision, cells, form)
    return lambda decision, values: value_leak(decision, values, targets)


def _class_leaks(cells: list[str], target: Target, _: NumberFormat) -> Told:
    labels = [folded(label) for label in target.rows]
    code = {label: place for place, label in enumerate(labels)}
    classes = np.array([code.get(folded(cell), -1) for cell in cells], np.int64)
    numbers = (
        {code[folded(label)]: number for label, number in target.numeric.items()}
        if target.numeric
        else None
    )
    return lambda decision, values: leak(decision, values, classes, numbers)
