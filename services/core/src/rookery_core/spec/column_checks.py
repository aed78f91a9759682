"""What the columns of a spec may not be: each check names the key, and what to write instead.

A stored contract of a champion is not checked again: it is served as it was.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from rookery_core.spec.columns import CategoryColumn, Column, NumberColumn, folded

SYSTEM_COLUMNS = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})
"""Names that every table of PostgreSQL has already
(https://www.postgresql.org/docs/current/ddl-system-columns.html)."""
_FLOAT32 = np.finfo(np.float32)


def check_columns(columns: Sequence[Column], null_tokens: Iterable[str]) -> None:
    """Checks that a table can have the columns, and a model tell their values apart.

    `null_tokens` are those of the whole spec.

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
            _check_range(place, column)
        else:
            _check_labels(place, column, tokens)


def _check_labels(place: str, column: CategoryColumn, tokens: tuple[str, ...]) -> None:
    for own, where, listed in (
        (True, f"{place}.null_tokens", column.null_tokens),
        (False, "null_tokens", tokens),
    ):
        missing = {folded(token) for token in listed}
        for label in column.values:
            if folded(label) in missing:
                remedy = (
                    "take it out of one of the two"
                    if own
                    else 'take it out of values, or list the null_tokens without it: ["", ...]'
                )
                raise ValueError(
                    f'{place}.values: {label!r} also means "missing" by {where} (case and space '
                    f"do not count); {remedy}"
                )


def _check_range(place: str, column: NumberColumn) -> None:
    largest = float(_FLOAT32.max)
    if any(abs(bound) > largest for bound in column.range):
        raise ValueError(
            f"{place}.range: a model reads numbers as float32, whose largest is {largest:g}; "
            "narrow the range, or give the column in another unit"
        )
    low, high = (np.float32(bound) for bound in column.range)
    if low == high:
        raise ValueError(
            f"{place}.range: a model reads numbers as float32 (7 digits), in which "
            f"{column.range[0]!r} and {column.range[1]!r} are one number; subtract what all values "
            "share, or give the column in another unit"
        )
