"""The dialect of a CSV: how its beginning says that cells are separated and quoted."""

import csv
from collections import Counter
from dataclasses import dataclass

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
    lines = head.splitlines(keepends=True)
    if len(lines) > 1 and not lines[-1].endswith(("\n", "\r")):
        lines.pop()
    if lines and lines[0].strip().lower().startswith("sep=") and len(lines[0].strip()) == 5:
        return Dialect(lines[0].strip()[-1], _quote_of(lines[1:], lines[0].strip()[-1]))
    lines = [line for line in lines if line.strip()]
    best = max(
        DELIMITERS,
        key=lambda delimiter: (_fit(lines, delimiter), -DELIMITERS.index(delimiter)),
    )
    return Dialect(best, _quote_of(lines, best)) if _fit(lines, best) else Dialect()


def _fit(lines: list[str], delimiter: str) -> float:
    """Says how well a delimiter fits: 0 where it does not, more with more cells a record."""
    try:
        records = [
            record
            for record, _ in zip(
                csv.reader(lines, delimiter=delimiter, quotechar='"'), range(_RECORDS), strict=False
            )
            if record
        ]
    except csv.Error:
        return 0
    if not records:
        return 0
    width = len(records[0])
    alike = Counter(map(len, records))[width] / len(records)
    if width < 2 or alike < 0.8:
        return 0
    return alike + min(width, 1000) / 10_000


def _quote_of(lines: list[str], delimiter: str) -> str:
    """Finds the mark round cells: an apostrophe where it opens and closes every cell it touches."""
    text = "".join(lines)
    if '"' in text or "'" not in text:
        return '"'
    cells = [cell.strip() for line in lines for cell in line.rstrip("\r\n").split(delimiter)]
    touched = [cell for cell in cells if cell.startswith("'") or cell.endswith("'")]
    whole = [cell for cell in touched if len(cell) > 1 and cell[0] == cell[-1] == "'"]
    return "'" if len(whole) > 1 and len(whole) >= 0.9 * len(touched) else '"'
