"""The form of records: how they are cut from their source, split into cells, and numbers written.

It is stored with a batch, since raw data holds the records as they came.
"""

from dataclasses import dataclass

_JSON = "json"
_CSV = "csv"


@dataclass(frozen=True, slots=True)
class RecordForm:
    """CSV with these marks, or JSON objects, one a line below an array of their names."""

    delimiter: str = ","
    quote: str = '"'
    decimal: str = "."
    thousands: str = ""
    is_json: bool = False

    @property
    def stored(self) -> str | None:
        """Returns the form as a batch keeps it; None for CSV with commas."""
        if self.is_json:
            return _JSON
        return (
            None
            if self == COMMAS
            else "".join((_CSV, self.delimiter, self.quote, self.decimal, self.thousands))
        )


COMMAS = RecordForm()
"""CSV as RFC 4180 describes it; the form of every batch that names none."""
JSON_ROWS = RecordForm(delimiter="", quote="", is_json=True)
"""Rows of a source that has typed values: canonical JSON."""


def stored_form(text: str | None) -> RecordForm:
    """Returns the form that a batch keeps."""
    if text is None:
        return COMMAS
    if text == _JSON:
        return JSON_ROWS
    marks = text.removeprefix(_CSV)
    return RecordForm(marks[0], marks[1], marks[2], marks[3:])
