"""Fields of records: a record is split at its commas, or there is a reason why it is not CSV."""

import csv
from dataclasses import dataclass

from rookery_core.spec.cells import Invalid

_BETWEEN = ",\n,"
"""Put between records: a field that is a line's end, which no record without quotes has."""


def fields_of(text: str) -> list[str] | Invalid:
    """Splits one record into its fields, quotes removed."""
    if '"' not in text:
        return text.split(",")
    try:
        return next(csv.reader((text,), strict=True))
    except csv.Error as error:
        return Invalid(f"the record is not CSV: {error}")


def fields_of_width(text: str, width: int) -> list[str] | Invalid:
    """Splits one record into its fields, of which there must be `width`."""
    fields = fields_of(text)
    if isinstance(fields, Invalid) or len(fields) == width:
        return fields
    return Invalid(f"the record has {len(fields)} fields, the header {width}")


@dataclass(frozen=True, slots=True)
class Fields:
    """Records of the right width as columns, and the others with their faults."""

    kept: list[int] | None
    """Which records the columns hold; None means all."""
    columns: list[list[str]]
    faults: dict[int, Invalid]
    """The faults of the other records, by position."""


def split(texts: list[str], width: int) -> Fields:
    """Splits many records at once, exactly as `fields_of_width` splits each."""
    joined = _BETWEEN.join(texts)
    if texts and '"' not in joined and joined.count("\n") == len(texts) - 1:
        flat = joined.split(",")
        step = width + 1
        # If every record has its width, each `width + 1`st field is the one between records.
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
