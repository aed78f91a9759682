"""Hints to a cell that is no number: with which marks of the dialect it would be one."""

import re
from functools import lru_cache

from rookery_core.spec.cells import NUMBER
from rookery_core.spec.number_marks import NumberMarks
from rookery_core.spec.source import CsvDialect

_SHOWN = 2
_MARKS = tuple(
    (decimal, thousands)
    for decimal in (".", ",")
    for thousands in ("", ",", ".", " ", "'")
    if decimal != thousands
)


def mark_hint(text: str, dialect: CsvDialect) -> str:
    """Says which keys of `csv` would make a number of the text; empty if none would."""
    # Only its shape counts, and a file's bad cells have few.
    return _hint(re.sub(r"\d", "9", text.strip()), dialect)


@lru_cache(maxsize=1024)
def _hint(shape: str, dialect: CsvDialect) -> str:
    now = {"decimal": dialect.decimal, "thousands": dialect.thousands}
    changes: list[dict[str, str]] = []
    for decimal, thousands in _MARKS:
        other = {"decimal": decimal, "thousands": thousands}
        plain = NumberMarks(dialect.model_copy(update=other)).plain(shape)
        if plain is not None and NUMBER.fullmatch(plain):
            changes.append({key: mark for key, mark in other.items() if mark != now[key]})
    if not changes or {} in changes:
        # No marks help, or it is a number already, and wrong for another reason.
        return ""
    fewest = min(map(len, changes))
    told = [_yaml(each) for each in changes if len(each) == fewest][:_SHOWN]
    return f"; if it is one, write csv: {' or '.join(told)}"


def _yaml(marks: dict[str, str]) -> str:
    keys = ", ".join(
        f'{key}: "{mark}"' if mark == "'" else f"{key}: '{mark}'" for key, mark in marks.items()
    )
    return f"{{{keys}}}"
