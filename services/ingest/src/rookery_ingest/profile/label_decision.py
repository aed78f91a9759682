"""What a column of texts is: labels, a boolean, codes, an identifier or free text."""

from collections import Counter
from dataclasses import replace

from rookery_core.spec.cells import CONTROL, MAX_LABEL
from rookery_core.spec.columns import (
    DEFAULT_MAX_MEANS,
    DEFAULT_MAX_VALUES,
    MISSING,
    BooleanColumn,
    folded,
)
from rookery_ingest.profile.decision import Decision, KeyValue, ignored, in_quotes, listing
from rookery_ingest.profile.name_hints import is_entity
from rookery_ingest.profile.null_tokens import MAY_BE_LABELS, is_usual
from rookery_ingest.profile.number_decision import LEAST_GROUPS
from rookery_ingest.profile.quoted_texts import quoted_texts
from rookery_ingest.profile.table_statistics import ColumnFacts
from rookery_ingest.profile.written_signs import written_signs

MAX_LISTED = 50
"""Labels up to which they are listed; more are learned from the training rows."""
_FEW_BROKEN = 0.01
"""The share of cells that may go into quarantine for a line break within them."""
_TRUE = frozenset({"true", "yes", "t", "y", "1", "1.0", "on"})
_FALSE = frozenset({"false", "no", "f", "n", "0", "0.0", "off"})


def labels_of(facts: ColumnFacts) -> Counter[str]:
    """Returns the rows by label of a column with few distinct cells.

    Spellings that differ by case alone are one label, written as most rows write it. A cell with a
    line break or another control character is none.
    """
    spellings: dict[str, Counter[str]] = {}
    for cell, rows in (facts.counts or {}).items():
        label = cell.strip()
        if CONTROL.search(cell):
            continue
        if not is_usual(label) or folded(label) in MAY_BE_LABELS:
            spellings.setdefault(folded(label), Counter())[label] += rows
    return Counter(
        {
            min(some, key=lambda text: (-some[text], text)): some.total()
            for some in spellings.values()
        }
    )


def is_broken(facts: ColumnFacts) -> bool:
    """Tells whether more than a few cells have line breaks or other control characters."""
    counts = Counter(facts.sample) if facts.counts is None else facts.counts
    broken = sum(rows for cell, rows in counts.items() if CONTROL.search(cell))
    return broken > _FEW_BROKEN * counts.total()


def null_tokens_of(facts: ColumnFacts, kind: str) -> tuple[str, ...]:
    """Lists the texts that mean "missing" in a column, but for those that do in every spec."""
    tokens = {folded(token) for token in facts.tally.missing} - {"", "na", "null"}
    if kind == "category":
        tokens -= MAY_BE_LABELS
    if kind == "number":
        tokens |= {folded(word) for word in facts.tally.words}
    return tuple(sorted(tokens))


def decide_boolean(facts: ColumnFacts) -> Decision | None:
    """Decides about a column whose cells all mean true or false; None if it is none."""
    if facts.counts is None:
        return None
    labels = {folded(label): rows for label, rows in labels_of(facts).items()}
    labels = {label: rows for label, rows in labels.items() if label not in MAY_BE_LABELS}
    true, false = labels.keys() & _TRUE, labels.keys() & _FALSE
    if not true or not false or len(true) + len(false) < len(labels):
        return None
    keys: dict[str, KeyValue] = {}
    defaults = BooleanColumn(name="a", kind="boolean")
    if not (true <= {*defaults.true_tokens} and false <= {*defaults.false_tokens}):
        keys = {"true": tuple(sorted(true)), "false": tuple(sorted(false))}
    counts = [f"{in_quotes(label)} in {rows:,} rows" for label, rows in sorted(labels.items())]
    return Decision(
        facts.header, "feature", "boolean", f"{listing(counts)}{_missing(facts)}: boolean", keys
    )


def decide_labels(facts: ColumnFacts, *, is_code: bool = False) -> Decision:
    """Decides about a column of texts; says if they could be numbers, or lack their quotes."""
    found = _as_labels(facts, is_code=is_code)
    hint = written_signs(facts) or quoted_texts(facts)
    return replace(found, reason=f"{found.reason}; {hint}") if hint else found


def _as_labels(facts: ColumnFacts, *, is_code: bool) -> Decision:
    header, known = facts.header, facts.known
    labels = labels_of(facts) if facts.counts is not None else None
    if labels is not None:
        known = labels.total()
    distinct = len(labels) if labels is not None else facts.tally.distinct
    what = _what(facts, is_code=is_code)
    if facts.tally.longest > MAX_LABEL:
        return ignored(header, f"{what} of up to {facts.tally.longest:,} characters: free text")
    if is_broken(facts):
        return ignored(header, f"{what} with line breaks or other control characters: free text")
    told = f"{distinct:,} distinct in {known:,} rows"
    if (distinct > 10 and distinct > known / 2) or distinct == known > 2:
        unique = "an identifier" if is_code else "an identifier or free text"
        return ignored(header, f"{what}, {told}: {unique}")
    keys: dict[str, KeyValue]
    if labels is not None and distinct <= MAX_LISTED and MISSING not in labels:
        keys = {"values": tuple(sorted(labels))}
    else:
        keys = {"values": "any"}
    notes: tuple[str, ...] = ()
    if is_entity(header) and LEAST_GROUPS <= distinct <= known / 2:
        reason = f"{what}, {told}: an identifier that repeats"
        return Decision(header, "group", "category", reason, {"values": "any"})
    reason = f"{what}, {told}{_missing(facts, labels)}"
    if distinct > DEFAULT_MAX_VALUES:
        keys["encoding"] = "target"
        notes = ("too many for a column each: each is the mean of the target in its rows",)
    if distinct > DEFAULT_MAX_MEANS:
        notes += (f"a model learns the {DEFAULT_MAX_MEANS:,} most frequent; max_values: for more",)
    return Decision(header, "feature", "category", reason, keys, notes)


def _what(facts: ColumnFacts, *, is_code: bool) -> str:
    tally = facts.tally
    if is_code:
        return f"digits with leading zeros ({in_quotes(tally.zeros or '')}), so codes"
    if tally.first_text is not None and facts.sample and tally.first_text[0] not in "+-.0123456789":
        numbers = sum(cell.strip()[:1].isdigit() for cell in facts.sample[:1000])
        if numbers > 0.5 * min(1000, len(facts.sample)):
            return f"numbers, and texts such as {in_quotes(tally.first_text)}"
    return "texts"


def _missing(facts: ColumnFacts, labels: Counter[str] | None = None) -> str:
    own = {folded(label) for label in labels or ()}
    tokens = {token: n for token, n in facts.tally.missing.items() if folded(token) not in own}
    if not tokens:
        return ""
    told = listing([in_quotes(each) for each in sorted(tokens)])
    return f"; {sum(tokens.values()):,} missing ({told})"
