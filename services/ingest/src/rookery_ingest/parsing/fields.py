"""Fields of records: a record is split into its cells, or there is a reason why it can't be."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rookery_core.spec.cells import Invalid
from rookery_ingest.parsing.json_rows import cells_of, names_of
from rookery_ingest.parsing.record_form import COMMAS, RecordForm


def header_fields(text: str, form: RecordForm = COMMAS) -> list[str] | Invalid:
    """Splits a header into the names it holds."""
    return names_of(text) if form.is_json else fields_of(text, form)


def fields_of(text: str, form: RecordForm = COMMAS) -> list[str] | Invalid:
    """Splits one record of CSV into its fields, quotes removed."""
    if not form.quote or form.quote not in text:
        return text.split(form.delimiter)
    try:
        reader = csv.reader((text,), delimiter=form.delimiter, quotechar=form.quote, strict=True)
        return next(reader)
    except csv.Error as error:
        return Invalid(f"the record is not CSV: {error}")


def fields_of_width(text: str, width: int, form: RecordForm = COMMAS) -> list[str] | Invalid:
    """Splits one record of CSV into its fields, of which there must be `width`."""
    fields = fields_of(text, form)
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


def split(texts: list[str], names: Sequence[str], form: RecordForm = COMMAS) -> Fields:
    """Splits many records at once, exactly as each of them alone, into the header's columns."""
    if form.is_json:
        return _each(texts, len(names), lambda text: cells_of(text, names))
    whole = _at_once(texts, len(names), form)
    if whole is not None:
        return Fields(None, whole, {})
    return _each(texts, len(names), lambda text: fields_of_width(text, len(names), form))


def _at_once(texts: list[str], width: int, form: RecordForm) -> list[list[str]] | None:
    """Splits records without quotes that all have the width; None if one has not."""
    # Put between records: a field that is a line's end, which no record without quotes has.
    joined = f"{form.delimiter}\n{form.delimiter}".join(texts)
    if not texts or (form.quote and form.quote in joined) or joined.count("\n") != len(texts) - 1:
        return None
    flat = joined.split(form.delimiter)
    step = width + 1
    # If every record has its width, each `width + 1`st field is the one between records.
    between = flat[width::step]
    if len(flat) != len(texts) * step - 1 or between.count("\n") != len(between):
        return None
    return [flat[place::step] for place in range(width)]


def _each(texts: list[str], width: int, read: Callable[[str], list[str] | Invalid]) -> Fields:
    kept: list[int] = []
    faults: dict[int, Invalid] = {}
    flat: list[str] = []
    for position, text in enumerate(texts):
        fields = read(text)
        if isinstance(fields, Invalid):
            faults[position] = fields
        else:
            kept.append(position)
            flat += fields
    return Fields(kept, [flat[place::width] for place in range(width)], faults)
