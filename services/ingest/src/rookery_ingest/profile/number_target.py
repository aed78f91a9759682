"""A target that is a number: what its column says in the spec, and what a person should know."""

import re
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from rookery_core.errors import Refused
from rookery_core.spec.columns import LARGEST_NUMBER
from rookery_ingest.profile.column_decisions import is_number
from rookery_ingest.profile.decision import Decision, KeyValue, in_quotes, listing
from rookery_ingest.profile.label_decision import null_tokens_of
from rookery_ingest.profile.number_formats import NumberFormat, numbers_of, split_unit
from rookery_ingest.profile.table_statistics import ColumnFacts
from rookery_ingest.profile.written_signs import written_signs

LEAST_NUMBERS = 60
"""Rows that a number needs as a target: of 60, the usual hold-out of a fifth has at least ten."""
_SKEWED = 3.0
"""How much farther from the median the 95th percentile lies than the 5th where a logarithm is
worth a thought."""
_UNIT_OF_HEADER = re.compile(r"[(\[]\s*(?:in\s+)?([^()\[\]]{1,6})\s*[)\]]\s*\Z")


def number_decision(facts: ColumnFacts, form: NumberFormat) -> Decision:
    """Decides about a target as a number.

    Raises:
        Refused: its cells are no numbers, or none that a model can learn.
    """
    name, tally = in_quotes(facts.header), facts.tally
    if not is_number(facts):
        told = tally.first_text or next(iter(tally.words), "")
        remedy = written_signs(facts) or "leave --task out, or choose a column of numbers"
        raise Refused(f"the target {name} is no number: it holds {in_quotes(told)}; {remedy}")
    if form not in tally.numbers:
        other = next(iter(tally.numbers))
        raise Refused(
            f"the numbers of the target {name} have the decimal mark {other.decimal!r} and "
            f"thousands {other.thousands!r}, most of the file's {form.decimal!r} and "
            f"{form.thousands!r}; write all alike"
        )
    numbers = tally.of_numbers(form)
    known = facts.known - sum(tally.words.values())
    if numbers.low == numbers.high:
        raise Refused(
            f"the target {name} is {numbers.low:g} in all of {known:,} rows; choose another one"
        )
    if numbers.largest > LARGEST_NUMBER:
        raise Refused(
            f"the target {name} has numbers up to {numbers.largest:g}, and the largest that a "
            f"model answers is {LARGEST_NUMBER:g}; give them in another unit"
        )
    keys: dict[str, KeyValue] = {"unit": unit} if (unit := _unit(facts, known)) else {}
    # Whole numbers so far: a fraction to come is no bad row.
    tokens = null_tokens_of(facts, "number")
    if tokens:
        keys["null_tokens"] = tokens
    what = "whole numbers" if numbers.whole else "numbers"
    reason = (
        f"a number, so the model is a regression: {numbers.distinct.count:,} distinct {what} from "
        f"{numbers.low:.10g} to {numbers.high:.10g} in {known:,} rows"
    )
    sampled = numbers_of(facts.sample, form)
    notes = _notes(sampled[~np.isnan(sampled)], numbers.low)
    return Decision(facts.header, "target", "number", reason, keys, notes)


def _unit(facts: ColumnFacts, known: int) -> str:
    """Returns the unit that the cells have, or else the header; empty where there is none."""
    units: Counter[str] = facts.tally.units
    if not units:
        found = _UNIT_OF_HEADER.search(facts.header)
        unit = found[1].strip() if found else ""
        split = split_unit(f"1 {unit}") if unit else None
        return unit if split is not None and split[1] == unit else ""
    if len(units) > 1 or sum(units.values()) < known:
        told = listing([f"{unit} in {rows:,} rows" for unit, rows in units.items()])
        raise Refused(
            f"the target {in_quotes(facts.header)} has numbers with and without a unit, or with "
            f"several: {told}; give one unit"
        )
    return next(iter(units))


def _notes(values: NDArray[np.float64], low: float) -> tuple[str, ...]:
    """Says how the sampled numbers lie, and where their logarithm may be learned better."""
    if not len(values):
        return ()
    least, first, middle, third, most = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95])
    told = (
        f"one in twenty is below {least:.6g}, a quarter below {first:.6g}, half below "
        f"{middle:.6g}, three quarters below {third:.6g}, all but one in twenty below {most:.6g}"
    )
    if low > 0 and most - middle > _SKEWED * (middle - least):
        return (told, "all above 0, and the large ones far apart: transform: log may fit better")
    return (told,)
