"""What a column of dates is: of one format, or of two between which nobody can decide."""

from datetime import date
from itertools import pairwise

from rookery_ingest.profile.datetime_formats import DatetimeFormat
from rookery_ingest.profile.decision import Decision, KeyValue, ignored, in_quotes, listing
from rookery_ingest.profile.table_statistics import ColumnFacts

_ROWS = 3


def decide_datetime(facts: ColumnFacts) -> Decision | None:
    """Decides about a column whose cells are dates or times; None if they are none."""
    tally = facts.tally
    if not tally.datetimes:
        return None
    forms = sorted(tally.datetimes, key=tally.breaks)
    best = forms[0]
    other = best.swapped
    if other in tally.datetimes and (
        tally.breaks(other) == tally.breaks(best) or tally.breaks(best)
    ):
        return _undecided(facts, best, other)
    keys: dict[str, KeyValue] = {}
    if best.form is not None:
        keys["format"] = best.form
    if best.zoned:
        keys["zone"] = "UTC"
    reason = f"dates, all {best} over {facts.known:,} rows"
    if tally.breaks(best):
        examples = listing([in_quotes(text) for text in tally.datetimes[best]])
        reason = (
            f"dates, {best} but for about {tally.breaks(best):,} of {facts.known:,} rows "
            f"({examples}), which go into quarantine"
        )
    if facts.missing:
        reason += f"; {facts.missing:,} missing"
    return Decision(facts.header, "feature", "datetime", reason, keys)


def _undecided(facts: ColumnFacts, first: DatetimeFormat, second: DatetimeFormat) -> Decision:
    one, two = sorted((first, second), key=lambda form: (form.form or "").find("%d"))
    readings: list[str] = []
    for text in dict.fromkeys(cell.strip() for cell in facts.sample):
        days = one.day(text), two.day(text)
        if None not in days and len(readings) < _ROWS:
            read = [date.fromordinal(day).isoformat() for day in days if day is not None]
            readings.append(f"{in_quotes(text)} is {read[0]} by {one}, {read[1]} by {two}")
    notes = [*readings, *_likelier(facts, one, two)]
    notes.append("to use it, take it out of ignore and add a column of kind datetime with format")
    return ignored(
        facts.header,
        f"dates of which day and month can't be told apart: {one} and {two} both read all",
        *notes,
    )


def _likelier(facts: ColumnFacts, one: DatetimeFormat, two: DatetimeFormat) -> list[str]:
    """Says which reading makes the rows run strictly forwards in time, if one alone does."""
    running = [form for form in (one, two) if _runs(facts, form)]
    if len(running) != 1:
        return []
    return [f"{running[0]} is likelier: by it alone the rows run forwards in time"]


def _runs(facts: ColumnFacts, form: DatetimeFormat) -> bool:
    days = [day for cell in facts.sample if (day := form.day(cell.strip())) is not None]
    return len(days) > 2 and all(earlier <= later for earlier, later in pairwise(days))
