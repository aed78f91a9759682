"""What the target is: classes, or a number."""

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from rookery_core.errors import Refused
from rookery_core.spec.cells import MAX_LABEL
from rookery_core.spec.columns import folded
from rookery_ingest.profile.column_decisions import is_code, is_number
from rookery_ingest.profile.datetime_decision import decide_datetime
from rookery_ingest.profile.decision import Decision, in_quotes, listing
from rookery_ingest.profile.first_line import header_slip
from rookery_ingest.profile.label_decision import is_broken, labels_of, null_tokens_of
from rookery_ingest.profile.number_formats import NumberFormat
from rookery_ingest.profile.number_target import number_decision
from rookery_ingest.profile.quoted_texts import quoted_texts
from rookery_ingest.profile.table_statistics import ColumnFacts
from rookery_ingest.profile.written_signs import written_signs

Task = Literal["classes", "number"]

MAX_WHOLE = 20
"""Distinct whole numbers up to which they are classes."""
LEAST_ROWS = 30
"""Rows that a class needs: of 30, the usual hold-out of a fifth has the five that it must have."""
OTHER = "other"


@dataclass(frozen=True)
class Target:
    """The target's column, and its classes; a number has none."""

    decision: Decision
    without: int
    """Rows without a target, which nothing is trained on."""
    rows: Counter[str] = field(default_factory=Counter)
    """By class."""
    rare: tuple[str, ...] = ()
    """Classes with too few rows."""
    rare_key: str = ""
    """`merge` or `drop` for those; empty where there are none, or where neither leaves two."""
    rare_into: str = ""
    """The class that they are merged into."""
    numeric: dict[str, float] | None = None
    """The numbers that the classes are, if they are numbers."""

    @property
    def is_number(self) -> bool:
        """Tells whether the model is to answer a number."""
        return self.decision.kind == "number"


def find_target(headers: Sequence[str], target: str) -> int:
    """Finds the position of the target's column; case and surrounding space do not count.

    Raises:
        Refused: there is none; names those that are spelled almost alike.
    """
    if target in headers:
        return headers.index(target)
    names = [folded(header) for header in headers]
    if folded(target) in names:
        return names.index(folded(target))
    near = difflib.get_close_matches(folded(target), names, n=3, cutoff=0.6)
    meant = [headers[names.index(name)] for name in near]
    hint = f"; did you mean {listing([in_quotes(name) for name in meant])}?" if meant else ""
    slip = header_slip(headers, target)
    if slip:
        hint = f"; {slip}"
    raise Refused(
        f"no column is called {in_quotes(target)}; there are "
        f"{listing([in_quotes(header) for header in headers], 20)}{hint}"
    )


def decide_target(facts: ColumnFacts, form: NumberFormat, task: Task | None) -> Target:
    """Decides about the target.

    Raises:
        Refused: it can be none.
    """
    name = in_quotes(facts.header)
    if task == "number":
        return _number(facts, form)
    labels = labels_of(facts) if facts.counts is not None else Counter[str]()
    numbers = (
        facts.tally.of_numbers(form)
        if is_number(facts) and form in facts.tally.numbers and not is_code(facts)
        else None
    )
    if numbers is not None and len(labels) != 2 and task is None:
        distinct = numbers.distinct.count
        if distinct >= 2 and (not numbers.whole or distinct > MAX_WHOLE):
            return _number(facts, form)
    if task is None and decide_datetime(facts) is not None:
        raise Refused(f"the target {name} holds dates; choose a column of labels")
    return _classes(facts, labels, form, is_numeric=numbers is not None)


def _number(facts: ColumnFacts, form: NumberFormat) -> Target:
    decision = number_decision(facts, form)
    return Target(decision, facts.rows - facts.known + sum(facts.tally.words.values()))


def _classes(
    facts: ColumnFacts, labels: Counter[str], form: NumberFormat, *, is_numeric: bool
) -> Target:
    name = in_quotes(facts.header)
    if facts.counts is None:
        raise Refused(
            f"the target {name} has about {facts.tally.distinct:,} distinct values in "
            f"{facts.known:,} rows, which are no classes; {_or_numbers(facts)}"
        )
    if is_broken(facts):
        raise Refused(
            f"the target {name} holds texts with line breaks or other control characters, and a "
            "label is one line; choose a column of labels, or write each on one line"
        )
    if len(labels) < 2:
        only = f"only {in_quotes(next(iter(labels)))}" if labels else "no value"
        raise Refused(f"the target {name} has {only} in {facts.rows:,} rows; choose another one")
    longest = max(map(len, labels))
    if longest > MAX_LABEL:
        raise Refused(
            f"the target {name} holds texts of up to {longest:,} characters, and a label has at "
            f"most {MAX_LABEL}; choose a column of labels"
        )
    if len(labels) > labels.total() / 2 and len(labels) > 10:
        raise Refused(
            f"the target {name} has {len(labels):,} distinct values in {labels.total():,} rows: "
            f"an identifier or free text; {_or_numbers(facts)}"
        )
    numeric: dict[str, float] | None = None
    if is_numeric:
        numeric = {label: form.number(label) or 0.0 for label in labels}
        _refuse_two_spellings(name, numeric)
    order = sorted(labels, key=lambda label: (numeric or {}).get(label, 0.0) or 0.0)
    values = tuple(order if numeric else sorted(labels, key=_negative_first))
    without = facts.rows - labels.total()
    reason = f"{len(labels):,} classes in {labels.total():,} rows"
    notes = [f"{in_quotes(label)}: {labels[label]:,} rows" for label in values[:10]]
    if numeric and len(labels) > 2:
        reason += "; whole numbers: --task number reads it as a number (regression)"
    if quotes := quoted_texts(facts):
        reason += f"; {quotes}"
    keys = {"values": values}
    tokens = null_tokens_of(facts, "category")
    if tokens:
        keys["null_tokens"] = tokens
    decision = Decision(facts.header, "target", "category", reason, keys, tuple(notes))
    rare = tuple(label for label in values if labels[label] < LEAST_ROWS)
    rare_key, into = _rare_rule(labels, rare)
    return Target(decision, without, labels, rare, rare_key, into, numeric)


def _or_numbers(facts: ColumnFacts) -> str:
    """Says what a target needs whose texts are too many for classes."""
    return written_signs(facts) or quoted_texts(facts) or "choose a column of labels"


def _negative_first(label: str) -> tuple[int, str]:
    return (0 if folded(label) in {"no", "false", "n", "f"} else 1), label


def _refuse_two_spellings(name: str, numeric: dict[str, float]) -> None:
    spellings: dict[float, list[str]] = {}
    for label, number in numeric.items():
        spellings.setdefault(number, []).append(label)
    for labels in spellings.values():
        if len(labels) > 1:
            raise Refused(
                f"the target {name} writes one number in several ways: "
                f"{listing([in_quotes(label) for label in sorted(labels)])}; write each class alike"
            )


def _rare_rule(labels: Counter[str], rare: tuple[str, ...]) -> tuple[str, str]:
    common = len(labels) - len(rare)
    together = sum(labels[label] for label in rare)
    if not rare:
        return "", ""
    if len(rare) > 1 and common >= 1 and together >= LEAST_ROWS:
        into = OTHER
        while folded(into) in {folded(label) for label in labels}:
            into = f"{into} classes"
        return "merge", into
    return ("drop", "") if common >= 2 else ("", "")
