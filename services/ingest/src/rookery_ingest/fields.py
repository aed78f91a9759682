"""Fields of records: a record is split at its commas, or is no CSV for a reason."""

import csv
from dataclasses import dataclass

from rookery_core.cells import Invalid

_BETWEEN = ",\n,"
"""Between records: a field of a line's end, which a record without quotes does not have."""


def fields_of(text: str) -> list[str] | Invalid:
    """The fields of one record, quotes removed."""
    if '"' not in text:
        return text.split(",")
    try:
        return next(csv.reader((text,), strict=True))
    except csv.Error as error:
        return Invalid(f"the record is not CSV: {error}")


def fields_of_width(text: str, width: int) -> list[str] | Invalid:
    """The fields of one record, which must be `width` many."""
    fields = fields_of(text)
    if isinstance(fields, Invalid) or len(fields) == width:
        return fields
    return Invalid(f"the record has {len(fields)} fields, the header {width}")


@dataclass(frozen=True, slots=True)
class Fields:
    """Records of equal width as columns, and those that are none."""

    kept: list[int] | None
    """Which records the columns hold; all where None."""
    columns: list[list[str]]
    faults: dict[int, Invalid]
    """The others, by position."""


def split(texts: list[str], width: int) -> Fields:
    """The same fields as `fields_of_width` gives each record, many records at once."""
    joined = _BETWEEN.join(texts)
    if texts and '"' not in joined and joined.count("\n") == len(texts) - 1:
        flat = joined.split(",")
        step = width + 1
        # Where every record has its width, what stands between records has one place in the step.
        between = flat[width::step]
        if len(flat) == len(texts) * step - 1 and between.count("\n") == len(between):
            return Fields(None, [flat[place::step] for place in range(width)], {})
    kept: list[int] = []
    faults: dict[int, Invalid] = {}
    flat = []
    for position, text in enumerate(texts):
        fields = fields_of_width(text, width)
        if isinstance(fields, Invalid):
            faults[position] = fields
        else:
            kept.append(position)
            flat += fields
    return Fields(kept, [flat[place::width] for place in range(width)], faults)
