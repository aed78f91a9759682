"""The room of a table: a very wide file has more columns than a table of PostgreSQL can hold."""

from collections.abc import Sequence

from rookery_core.spec.column_checks import (
    MAX_ROW_BYTES,
    MOST_COLUMNS,
    column_bytes,
    row_bytes,
)
from rookery_ingest.profile.decision import Decision, ignored

NO_ROOM = "no room in the table for another column"
"""The reason of a column that is left out for that alone."""


def within_room(decisions: Sequence[Decision], missing: Sequence[int]) -> list[Decision]:
    """Leaves out as many features as a table has no room for: those with most values missing.

    Of equals the last ones go: the target has no say, for the hold-out's rows are among those read.
    `missing`: for each column of the file, its rows without a value.
    """
    kept = [place for place, each in enumerate(decisions) if each.is_column]
    features = sorted(
        (place for place in kept if decisions[place].role == "feature"),
        key=lambda place: (missing[place], place),
    )
    count, size = len(kept), sum(_bytes(decisions[place]) for place in kept)
    left_out = set()
    while features and not _has_room(count, size):
        place = features.pop()
        left_out.add(place)
        count, size = count - 1, size - _bytes(decisions[place])
    return [
        ignored(each.header, f"{NO_ROOM} ({each.reason})") if place in left_out else each
        for place, each in enumerate(decisions)
    ]


def _has_room(columns: int, values: int) -> bool:
    return columns <= MOST_COLUMNS and row_bytes(columns, values) <= MAX_ROW_BYTES


def _bytes(decision: Decision) -> int:
    values = decision.keys.get("values")
    return column_bytes(decision.kind, map(str, values) if isinstance(values, tuple) else ())
