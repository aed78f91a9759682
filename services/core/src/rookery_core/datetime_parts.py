"""The parts of a moment that a model sees; training, serving and scoring all take them from here.

Each part is a whole number below 2 ** 24, so float32 holds it exactly.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from rookery_core.spec.datetime_format import datetime_reader
from rookery_core.zones import zone_of

PARTS = ("year", "month", "day_of_year", "weekday", "hour", "days")
"""Year; month from 1; day of the year from 1; weekday from 0, a Monday; whole hour; and whole days
since the origin, below zero before it. All are those of the clocks of the column's zone."""
Moments = NDArray[np.datetime64]
"""[N] microseconds, NaT where missing: in UTC where the column has a zone, else naive."""
_MICROSECONDS = "datetime64[us]"
_HOUR = 3_600_000_000
_MONDAY = np.datetime64("1970-01-05", "D")
_FIRST, _LAST = np.datetime64("0001-01-02", "us"), np.datetime64("9999-12-30", "us")
"""Between them any zone shows a day that Python's calendar has."""


def read_moments(texts: Sequence[str | None], zone: str | None) -> Moments:
    """Reads texts of ISO 8601, None where missing.

    Raises:
        NotADatetime: a text is none, or its offset is missing or too much; says why.
    """
    read = datetime_reader(None, zone)
    known = {text: _naive(read, text) for text in set(texts)}
    return np.array([known[text] for text in texts], dtype=_MICROSECONDS)


def _naive(read: Callable[[str], datetime], text: str | None) -> datetime | None:
    return None if text is None else read(text.strip()).replace(tzinfo=None)


def datetime_parts(
    moments: Moments, zone: str | None, origin: str
) -> dict[str, NDArray[np.float32]]:
    """Returns each of `PARTS` of the moments, [N], NaN where the moment is missing.

    `zone` is that of the column, None where its moments are naive; `origin` a day, `2026-01-31`.
    """
    exact = moments.astype(_MICROSECONDS)
    local = _local(exact, zone)
    days, months, years = (local.astype(f"datetime64[{unit}]") for unit in ("D", "M", "Y"))
    found = {
        "year": _number(years) + 1970,
        "month": _number(months) - _number(years.astype("datetime64[M]")) + 1,
        "day_of_year": _number(days) - _number(years.astype("datetime64[D]")) + 1,
        "weekday": np.mod(_number(days) - _number(_MONDAY), 7),
        "hour": np.mod(_number(local) // _HOUR, 24),
        "days": _number(days) - _number(np.datetime64(origin, "D")),
    }
    missing = np.isnat(exact)
    return {
        part: np.where(missing, np.nan, values).astype(np.float32) for part, values in found.items()
    }


def first_day(moments: Moments, zone: str | None) -> str:
    """Returns the day of the earliest moment, in the column's zone, as `2026-01-31`.

    At least one of the moments is not missing.
    """
    first = np.nanmin(moments.astype(_MICROSECONDS)).reshape(1)
    return str(_local(first, zone).astype("datetime64[D]")[0])


def _local(moments: Moments, zone: str | None) -> Moments:
    """Returns what the clocks of the zone show."""
    if zone is None:
        return moments
    shown: Moments = moments + _offsets(moments, zone_of(zone))
    return shown


def _number(moments: NDArray[np.datetime64] | np.datetime64) -> NDArray[np.int64]:
    return np.asarray(moments).astype(np.int64)


def _offsets(moments: Moments, zone: ZoneInfo) -> NDArray[np.timedelta64]:
    """Returns how far the zone's clocks are before UTC at each moment.

    Clocks change on few days: on all others one look-up serves the whole day.
    """
    present = ~np.isnat(moments)
    offsets = np.zeros(len(moments), dtype="timedelta64[us]")
    days, place = np.unique(moments[present].astype("datetime64[D]"), return_inverse=True)
    starts, ends = (
        np.array([_offset(each, zone) for each in days + np.timedelta64(later, "D")])
        for later in (0, 1)
    )
    if not len(days):
        return offsets
    found = starts.astype("timedelta64[us]")[place]
    changing = (starts != ends)[place]
    found[changing] = [
        np.timedelta64(_offset(each, zone), "us") for each in moments[present][changing]
    ]
    offsets[present] = found
    return offsets


def _offset(moment: np.datetime64, zone: ZoneInfo) -> int:
    """Returns microseconds; beyond the days that Python knows, those of its first or last one."""
    known: datetime = np.clip(moment.astype(_MICROSECONDS), _FIRST, _LAST).astype(datetime)
    offset = known.replace(tzinfo=UTC).astimezone(zone).utcoffset()
    assert offset is not None
    return round(offset.total_seconds() * 1_000_000)
