"""What the columns of a spec may not be: each check names the key, and what to write instead.

A stored contract of a champion is not checked again: it is served as it was.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from rookery_core.spec.column_names import SYSTEM_COLUMNS
from rookery_core.spec.columns import (
    LARGEST_NUMBER,
    AnyColumn,
    BooleanColumn,
    CategoryColumn,
    NumberColumn,
    folded,
)

MAX_OFFSET = 1e30
"""The largest offset: a number of float32 less it still rounds to one of float32."""
MOST_COLUMNS = 2_048
"""How many columns a spec has at most."""
MAX_TABLE_COLUMNS = 1_600
"""The most columns of a table of PostgreSQL
(https://www.postgresql.org/docs/current/limits.html)."""
MAX_ROW_BYTES = 8_160
"""The most bytes of one of its rows, large texts aside."""
OWN_COLUMNS = 8
"""How many columns of its own a processed table has at most, beside those of the spec."""
_OWN_BYTES = 120
"""How many bytes those take, and the head of a row."""
_OPEN_LABEL_BYTES = 9
_LARGEST_INLINE = 24
"""The most bytes that a text takes in its row: PostgreSQL moves larger ones out of it."""


def check_columns(columns: Sequence[AnyColumn], null_tokens: Iterable[str], target: str) -> None:
    """Checks that a table can have the columns, and a model tell their values apart.

    `null_tokens` are those of the whole spec. The target's numbers are never float32.

    Raises:
        ValueError: they can't; names the key, and what to write instead.
    """
    tokens = tuple(null_tokens)
    for position, column in enumerate(columns):
        place = f"columns[{position}]"
        if column.name in SYSTEM_COLUMNS:
            raise ValueError(
                f"{place}.name: {column.name!r} is a column that PostgreSQL gives to every table; "
                f"choose another name and add aliases: [{column.name}]"
            )
        if isinstance(column, NumberColumn):
            _check_range(place, column, is_target=column.name == target)
        elif isinstance(column, CategoryColumn):
            _check_labels(f"{place}.values", column, column.labels, tokens)
        elif isinstance(column, BooleanColumn):
            _check_labels(f"{place}.true", column, column.true, tokens)
            _check_labels(f"{place}.false", column, column.false, tokens)
    check_number(columns)


def check_number(columns: Sequence[AnyColumn]) -> None:
    """Checks that there are not too many columns.

    Raises:
        ValueError: there are.
    """
    if len(columns) > MOST_COLUMNS:
        raise ValueError(
            f"columns: there are {len(columns)}, and a table has at most {MOST_COLUMNS:,}; move "
            "those that are not features to ignore"
        )


def fits_a_row(columns: Sequence[AnyColumn]) -> bool:
    """Tells whether a table of PostgreSQL has room for a column of its own for each of these."""
    size = _OWN_BYTES + len(columns) // 8 + sum(map(_bytes_of, columns))
    return len(columns) <= MAX_TABLE_COLUMNS - OWN_COLUMNS and size <= MAX_ROW_BYTES


def _bytes_of(column: AnyColumn) -> int:
    """Returns how many bytes of a row a column takes at most, roughly where its labels are open."""
    if isinstance(column, BooleanColumn):
        return 1
    if isinstance(column, CategoryColumn):
        longest = max((1 + len(label.encode()) for label in column.labels), default=0)
        return min(longest or _OPEN_LABEL_BYTES, _LARGEST_INLINE)
    return 8


def _check_labels(
    place: str, column: AnyColumn, labels: tuple[str, ...], tokens: tuple[str, ...]
) -> None:
    for own, where, listed in (
        (True, f"{place.rpartition('.')[0]}.null_tokens", column.null_tokens),
        (False, "null_tokens", tokens),
    ):
        missing = {folded(token) for token in listed}
        for label in labels:
            if folded(label) in missing:
                key = place.rpartition(".")[2]
                remedy = (
                    "take it out of one of the two"
                    if own
                    else f'take it out of {key}, or list the null_tokens without it: ["", ...]'
                    " (under `spec: 2` with default_null_tokens: false)"
                )
                raise ValueError(
                    f'{place}: {label!r} also means "missing" by {where} (case and space '
                    f"do not count); {remedy}"
                )


def _check_range(place: str, column: NumberColumn, *, is_target: bool) -> None:
    if abs(column.offset) > MAX_OFFSET:
        raise ValueError(f"{place}.offset: it is larger than {MAX_OFFSET:g}; give a smaller one")
    if column.range is None:
        return
    if any(abs(bound) > LARGEST_NUMBER for bound in column.range):
        raise ValueError(
            f"{place}.range: a model reads numbers as float32, whose largest is "
            f"{LARGEST_NUMBER:g}; narrow the range, or give the column in another unit"
        )
    low, high = (np.float32(bound - column.offset) for bound in column.range)
    if low == high and not is_target:
        raise ValueError(
            f"{place}.range: a model reads numbers as float32 (7 digits), in which "
            f"{column.range[0]!r} and {column.range[1]!r} are one number; subtract what all values "
            "share, or give the column in another unit"
        )
