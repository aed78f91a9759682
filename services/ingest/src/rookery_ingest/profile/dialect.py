"""The dialect of a CSV: how its beginning says that cells are separated and quoted."""

import csv
import re
from collections import Counter
from dataclasses import dataclass
from io import StringIO
from itertools import islice

DELIMITERS = (",", ";", "\t", "|", ":", " ")
"""In the order of preference."""
_RECORDS = 200


@dataclass(frozen=True, slots=True)
class Dialect:
    """The marks between and round cells."""

    delimiter: str = ","
    quote: str = '"'


def dialect_of(head: str) -> Dialect:
    """Finds the dialect whose records have most cells, all of them as many.

    `head` is the beginning of the text; its last line may be cut off.
    """
    # Not splitlines: to it, other characters than CR and LF end a line as well.
    lines = list(StringIO(head, newline=""))
    if len(lines) > 1 and not lines[-1].endswith(("\n", "\r")):
        lines.pop()
    said = lines[0].strip() if lines else ""
    if said.lower().startswith("sep=") and len(said) == 5:
        return _with_quote("".join(lines[1:]), said[-1])
    text = "".join(line for line in lines if line.strip())
    found = [_with_quote(text, delimiter) for delimiter in DELIMITERS]
    fits = [_fit(text, dialect) for dialect in found]
    return found[fits.index(max(fits))] if max(fits) else Dialect()


def _fit(text: str, dialect: Dialect) -> float:
    """Says how well a dialect fits: 0 where it does not, more with more cells a record."""
    lines = StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quote)
    try:
        records = [record for record in islice(reader, _RECORDS) if record]
    except csv.Error:
        return 0
    if not records:
        return 0
    width = len(records[0])
    alike = Counter(map(len, records))[width] / len(records)
    return 0 if width < 2 or alike < 0.8 else alike + min(width, 1000) / 10_000


def _with_quote(text: str, delimiter: str) -> Dialect:
    """Finds the mark round cells: an apostrophe if each that opens a cell closes it as well."""
    if '"' not in text and "'" in text:
        mark = re.escape(delimiter)
        opened = re.findall(rf"(?:^|{mark})'", text, re.MULTILINE)
        whole = re.findall(rf"(?:^|{mark})'(?:[^'\n]|'')*'(?={mark}|\r?$)", text, re.MULTILINE)
        if len(whole) > 1 and len(whole) >= 0.9 * len(opened):
            return Dialect(delimiter, "'")
    return Dialect(delimiter)
