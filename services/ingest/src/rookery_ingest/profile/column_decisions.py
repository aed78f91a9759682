"""The kind of each column, decided by all its rows."""

from dataclasses import replace

from rookery_ingest.profile.datetime_decision import decide_datetime
from rookery_ingest.profile.decision import Decision, ignored, in_quotes
from rookery_ingest.profile.label_decision import (
    decide_boolean,
    decide_labels,
    labels_of,
    null_tokens_of,
)
from rookery_ingest.profile.number_decision import decide_number
from rookery_ingest.profile.number_formats import NumberFormat, chosen_format
from rookery_ingest.profile.table_statistics import ColumnFacts, TableFacts

_LARGEST_WHOLE = 2.0**53
"""Up to it float64 tells all whole numbers apart."""
_LEAST_NUMBERS = 10
_MOST_WORDS = 0.2
"""The share of rows of a column of numbers that may be words."""


def number_format(table: TableFacts, delimiter: str) -> NumberFormat:
    """Chooses the format of the file's numbers."""
    readable = [tuple(column.tally.numbers) for column in table.columns if column.tally.is_number]
    return chosen_format(readable, delimiter)


def decide(facts: ColumnFacts, form: NumberFormat) -> Decision:
    """Decides about a column as a feature."""
    if not facts.known and not (facts.counts and labels_of(facts)):
        return ignored(facts.header, f"no value in any of {facts.rows:,} rows")
    if _is_beyond_digits(facts, form):
        what = "whole numbers of more than 15 digits, which are read as one"
        return ignored(facts.header, f"{what}: an identifier")
    if (one := _constant(facts, form)) is not None:
        return ignored(facts.header, f"{in_quotes(one)} in all rows that have a value: constant")
    found = decide_boolean(facts) or decide_datetime(facts) or _number_or_labels(facts, form)
    tokens = null_tokens_of(facts, found.kind)
    if not tokens or not found.is_column:
        return found
    return replace(found, keys={**found.keys, "null_tokens": tokens})


def _number_or_labels(facts: ColumnFacts, form: NumberFormat) -> Decision:
    if not is_number(facts) or is_code(facts):
        return decide_labels(facts, is_code=is_code(facts))
    if form in facts.tally.numbers:
        return decide_number(facts, form)
    other = next(iter(facts.tally.numbers))
    return ignored(
        facts.header,
        f"its numbers have the decimal mark {other.decimal!r} and thousands {other.thousands!r}, "
        f"most of the file's {form.decimal!r} and {form.thousands!r}; write all alike",
    )


def is_number(facts: ColumnFacts) -> bool:
    """Tells whether a column holds numbers, in any format, but for a few words."""
    tally = facts.tally
    if not tally.is_number:
        return False
    if not tally.words:
        return True
    distinct = max(tally.of_numbers(form).distinct.count for form in tally.numbers)
    return sum(tally.words.values()) <= _MOST_WORDS * facts.known and distinct >= _LEAST_NUMBERS


def is_code(facts: ColumnFacts) -> bool:
    """Tells whether a column holds digits of which some begin with a zero that means something."""
    return facts.tally.digits_only and facts.tally.zeros is not None


def _is_beyond_digits(facts: ColumnFacts, form: NumberFormat) -> bool:
    """Tells whether a column holds different whole numbers that no float64 tells apart."""
    if not is_number(facts) or form not in facts.tally.numbers:
        return False
    if facts.counts is not None and len(facts.counts) < 2:
        return False
    numbers = facts.tally.of_numbers(form)
    return numbers.low == numbers.high and abs(numbers.low) > _LARGEST_WHOLE


def _constant(facts: ColumnFacts, form: NumberFormat) -> str | None:
    if facts.counts is None:
        return None
    labels = labels_of(facts)
    if len(labels) == 1:
        return next(iter(labels))
    if is_number(facts) and form in facts.tally.numbers and not facts.tally.words:
        numbers = facts.tally.of_numbers(form)
        if numbers.low == numbers.high and not is_code(facts):
            return next(iter(labels))
    return None
