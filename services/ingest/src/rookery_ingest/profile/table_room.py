"""The room of a table: a very wide file has more columns than a spec may have."""

from collections.abc import Sequence

from rookery_core.spec.column_checks import MOST_COLUMNS
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
    others = len(kept) - len(features)
    left_out = set(features[max(0, MOST_COLUMNS - others) :])
    return [
        ignored(each.header, f"{NO_ROOM} ({each.reason})") if place in left_out else each
        for place, each in enumerate(decisions)
    ]
