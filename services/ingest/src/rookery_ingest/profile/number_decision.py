"""What a column of numbers is: a feature, a code, an identifier, or nothing a model can use."""

import math

import numpy as np
from numpy.typing import NDArray

from rookery_ingest.profile.decision import Decision, KeyValue, ignored, in_quotes, listing
from rookery_ingest.profile.name_hints import is_entity, is_identifier
from rookery_ingest.profile.number_formats import NumberFormat, numbers_of
from rookery_ingest.profile.number_tally import NumberTally
from rookery_ingest.profile.table_statistics import ColumnFacts

LEAST_GROUPS = 30
"""Distinct values that a hold-out by group needs."""
_LARGEST = float(np.finfo(np.float32).max)
_WHOLE_FLOAT32 = 2.0**24
_ROUNDING = 1e-12
"""What calculations leave, as a share of the largest number: 30.1 - 29.9 is 0.2000000000000028."""
_SECONDS = (1e9, 2.2e9)
"""Seconds since 1970 in the years 2001 to 2039."""


def decide_number(facts: ColumnFacts, form: NumberFormat) -> Decision:
    """Decides about a column whose cells are numbers in the file's format."""
    header, tally, numbers = facts.header, facts.tally, facts.tally.of_numbers(form)
    known = facts.known - sum(tally.words.values())
    reason = _described(facts, numbers, known)
    if (fault := _fault(facts, numbers, known)) is not None:
        return ignored(header, fault)
    keys: dict[str, KeyValue] = {"unit": next(iter(tally.units))} if tally.units else {}
    if numbers.whole:
        keys["integer"] = True
    distinct = numbers.distinct.count
    if numbers.whole and is_entity(header) and LEAST_GROUPS <= distinct <= known / 2:
        reason = f"{distinct:,} values in {known:,} rows: an identifier that repeats"
        return Decision(header, "group", "number", reason, keys)
    sampled = numbers_of(facts.sample, form)
    offset, lost = _offset(sampled[~np.isnan(sampled)], numbers)
    if lost:
        return ignored(
            header,
            f"{reason}; float32, as which a model reads numbers, can't tell them apart "
            f"({lost}): give another unit, or make it a category",
        )
    if offset:
        note = f"offset: float32 can't tell numbers near {numbers.high:.10g} apart"
        if numbers.whole and _SECONDS[0] <= numbers.low and numbers.high <= _SECONDS[1]:
            note += "; if they are seconds since 1970, a column of dates tells a model more"
        return Decision(header, "feature", "number", reason, {**keys, "offset": offset}, (note,))
    keys["range"] = widened(numbers.low, numbers.high, whole=numbers.whole)
    keys["out_of_range"] = "warn"
    return Decision(header, "feature", "number", reason, keys)


def _fault(facts: ColumnFacts, numbers: NumberTally, known: int) -> str | None:
    """Says why no model can use the numbers; None if one can."""
    units = facts.tally.units
    if units and (len(units) > 1 or sum(units.values()) < known):
        told = listing([f"{unit} in {rows:,} rows" for unit, rows in units.items()])
        return f"numbers with and without a unit, or with several: {told}; give one unit"
    if _is_identifier(facts, numbers, known):
        spread = f"{numbers.low:.10g} to {numbers.high:.10g}"
        return f"{known:,} rows, all distinct whole numbers ({spread}): an identifier"
    distinct = numbers.distinct.count
    if numbers.whole and is_identifier(facts.header) and distinct > max(known / 2, LEAST_GROUPS):
        return f"{distinct:,} distinct whole numbers in {known:,} rows, and so named: an identifier"
    if numbers.largest > _LARGEST:
        return (
            f"numbers up to {numbers.largest:g}: a model reads float32, whose largest is "
            f"{_LARGEST:g}; give them in another unit"
        )
    return None


def widened(low: float, high: float, *, whole: bool = False) -> tuple[float, float]:
    """Widens the range of the numbers seen by half its width on both sides.

    The bounds are rounded outwards to two digits of that width; where no number is below zero, the
    lower bound isn't either.
    """
    half = (high - low) / 2
    step = 10.0 ** (math.floor(math.log10(half or 1)) - 1)
    if whole:
        step = max(step, 1.0)
    lowest = math.floor((low - half) / step) * step
    highest = math.ceil((high + half) / step) * step
    if low >= 0:
        lowest = max(lowest, 0.0)
    return float(f"{max(lowest, -_LARGEST):.10g}"), float(f"{min(highest, 3.4e38):.10g}")


def _is_identifier(facts: ColumnFacts, numbers: NumberTally, known: int) -> bool:
    distinct = numbers.distinct.count
    all_differ = distinct == known if numbers.distinct.is_exact else distinct > 0.98 * known
    if not numbers.whole or not all_differ or known < 3:
        return False
    without_gaps = numbers.high - numbers.low + 1 <= 1.1 * known
    return without_gaps or not facts.header.strip() or is_identifier(facts.header)


def _described(facts: ColumnFacts, numbers: NumberTally, known: int) -> str:
    what = "whole numbers" if numbers.whole else "numbers"
    told = f"{what} {numbers.low:.10g} to {numbers.high:.10g} in {known:,} rows"
    tally = facts.tally
    if tally.units:
        told += f", written with {next(iter(tally.units))}"
    if facts.missing:
        tokens = [in_quotes(token) for token in sorted(tally.missing)]
        told += f"; {facts.missing:,} missing ({listing(tokens)})"
    if tally.words:
        words = [f"{in_quotes(word)} in {rows:,} rows" for word, rows in tally.words.items()]
        told += f"; read as missing: {listing(words)}"
    return told


def _offset(values: NDArray[np.float64], numbers: NumberTally) -> tuple[float, str]:
    """Returns what to subtract so that float32 tells the numbers apart, 0 where it does.

    The second is how many of how many remain distinct where nothing helps, else empty.
    """
    distinct = _distinct(values, numbers)
    strict = numbers.whole and numbers.largest > _WHOLE_FLOAT32
    least = distinct if strict else 0.99 * distinct
    if distinct < 2 or len(np.unique(values.astype(np.float32))) >= least:
        return 0.0, ""
    offset = math.floor(numbers.low)
    if abs(offset) < 2.0**53:
        left = len(np.unique((values - offset).astype(np.float32)))
        if left >= 0.99 * distinct:
            return float(offset), ""
    return 0.0, f"{len(np.unique(values.astype(np.float32))):,} of {distinct:,}"


def _distinct(values: NDArray[np.float64], numbers: NumberTally) -> int:
    """Counts the numbers that differ by more than an earlier calculation may have rounded."""
    found = np.unique(values)
    if numbers.whole:
        return len(found)
    steps = np.diff(found) > _ROUNDING * numbers.largest
    return 1 + int(np.count_nonzero(steps))
