"""Where a record ends: a line's end ends it unless a quoted field is open."""

import re

from rookery_ingest.parsing.record_form import COMMAS, RecordForm


def complete_record(form: RecordForm) -> re.Pattern[str]:
    """Makes the pattern of lines that surely hold a whole record."""
    if not form.quote:
        return re.compile(r"[^\n]*")
    d, q = re.escape(form.delimiter), re.escape(form.quote)
    field = f"(?:[^{q}{d}][^{d}]*|{q}[^{q}]*(?:{q}{q}[^{q}]*)*{q})?"
    return re.compile(f"{field}(?:{d}{field})*")


def blank_record(form: RecordForm) -> re.Pattern[str]:
    """Makes the pattern of records that hold no value: delimiters, spaces, and empty quotes."""
    d, q = re.escape(form.delimiter), re.escape(form.quote)
    spaces = {" ": r"\t*", "\t": " *"}.get(form.delimiter, r"[ \t]*")
    empty = f"{spaces}(?:{q}{q}{spaces})?" if form.quote else spaces
    return re.compile(f"{empty}(?:{d}{empty})*")


def may_be_blank(text: str, form: RecordForm, end: str) -> bool:
    """Tells whether a line of the text begins as one does that holds no value."""
    starts = (form.delimiter, " ", "\t", form.quote * 2)
    return any(text.startswith(each) or end + each in text for each in starts if each)


def ends_in_quotes(line: str, inside: bool, form: RecordForm = COMMAS) -> bool:
    """Tells whether a line ends within a quoted field, if it begins `inside` one or not.

    A quote opens a field only as its first character, and a doubled one within is a quote.
    """
    at = 0
    while True:
        if inside or line.startswith(form.quote, at):
            at = _closing_quote(line, at if inside else at + 1, form.quote)
            if at < 0:
                return True
            inside = False
        at = line.find(form.delimiter, at) + 1
        if not at:
            return False


def _closing_quote(line: str, at: int, quote: str) -> int:
    """Finds where the quoted field that continues at `at` is closed; -1 if it is not."""
    while (at := line.find(quote, at)) >= 0 and line.startswith(quote, at + 1):
        at += 2
    return at
