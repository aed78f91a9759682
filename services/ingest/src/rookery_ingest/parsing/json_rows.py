"""JSON rows: a row of a source with typed values, as text, and its cells.

A row is an object whose names are sorted, without spaces, `null` where a value is missing; the
header is an array of the names. A number stands as it was, with all its digits.
"""

import json
from collections.abc import Sequence

from rookery_core.spec.cells import Invalid

_DECODER = json.JSONDecoder(parse_float=str, parse_int=str)
"""Leaves numbers as they are written."""


def names_of(header: str) -> list[str]:
    """Returns the names that a header holds, in its order."""
    names: list[str] = json.loads(header)
    return names


def cells_of(text: str, names: Sequence[str]) -> list[str] | Invalid:
    """Returns the cells of a row, each as a CSV file would have it, in the order of `names`."""
    row = _DECODER.decode(text)
    return [value if isinstance(value, str) else _word(value) for value in map(row.get, names)]


def _word(value: object) -> str:
    """Returns the cell of what is neither text nor number."""
    if value is None:
        return ""
    # Lists and objects are no cells; they stay in raw data, and no column of a spec holds them.
    return json.dumps(value)
