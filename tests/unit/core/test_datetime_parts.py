"""The parts of a moment that a model sees."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rookery_core.datetime_parts import PARTS, datetime_parts, first_day, read_moments
from rookery_core.spec.datetime_format import NotADatetime

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
ORIGIN = date(2020, 2, 29)
MOMENTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 28))  # noqa: DTZ001


def expected(moment: datetime) -> list[float]:
    """What Python's own calendar says."""
    return [
        moment.year,
        moment.month,
        moment.timetuple().tm_yday,
        moment.weekday(),
        moment.hour,
        (moment.date() - ORIGIN).days,
    ]


def parts(moments: list[datetime | None], zone: str | None) -> list[list[float]]:
    array = np.array(moments, dtype="datetime64[us]")
    found = datetime_parts(array, zone, ORIGIN.isoformat())
    assert tuple(found) == PARTS
    rows: list[list[float]] = np.column_stack(list(found.values())).tolist()
    return rows


@given(st.lists(MOMENTS, min_size=1, max_size=20))
def test_naive_parts_are_those_of_the_calendar(moments: list[datetime]) -> None:
    assert parts(list(moments), None) == [expected(moment) for moment in moments]


@given(st.lists(MOMENTS, min_size=1, max_size=20), st.sampled_from(ZONES))
def test_parts_of_a_zone_are_those_of_its_clocks(moments: list[datetime], zone: str) -> None:
    local = [each.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)) for each in moments]

    assert parts(list(moments), zone) == [expected(moment) for moment in local]


@pytest.mark.parametrize("zone", ZONES)
def test_each_minute_of_a_year_has_the_hour_of_its_clock(zone: str) -> None:
    start = datetime(2024, 1, 1)  # noqa: DTZ001
    moments: list[datetime | None] = [start + timedelta(minutes=17 * n) for n in range(31_000)]

    hours = [row[4] for row in parts(moments, zone)]

    assert hours == [
        moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).hour for moment in moments if moment
    ]


@pytest.mark.parametrize("year", [1, 2, 9998, 9999])
def test_the_first_and_the_last_years_have_a_summer_too(year: int) -> None:
    moments: list[datetime | None] = [
        datetime(year, 7, 1, 12),  # noqa: DTZ001
        datetime(year, 12, 1, 12),  # noqa: DTZ001
    ]

    rows = parts(moments, "Australia/Lord_Howe")

    assert rows == [
        expected(moment.replace(tzinfo=UTC).astimezone(ZoneInfo("Australia/Lord_Howe")))
        for moment in moments
        if moment
    ]


def test_a_missing_moment_has_no_parts() -> None:
    found = parts([None, datetime(2020, 3, 1)], "Europe/Berlin")  # noqa: DTZ001

    assert np.isnan(found[0]).all()
    assert found[1] == [2020, 3, 61, 6, 1, 1]


@pytest.mark.parametrize("zone", [None, *ZONES])
def test_no_moments_have_no_parts(zone: str | None) -> None:
    assert parts([], zone) == []


def test_float32_holds_each_part_exactly() -> None:
    first, last = datetime(1, 1, 3), datetime(9999, 12, 28, 23)  # noqa: DTZ001

    for found, moment in zip(parts([first, last], None), (first, last), strict=True):
        assert found == expected(moment)


def test_texts_are_read_once_as_everywhere() -> None:
    naive = read_moments(["2026-01-31", None, "2026-01-31 13:45"], None)
    zoned = read_moments(["2026-01-31T13:45+01:00"], "UTC")

    assert naive.astype(str).tolist()[::2] == [
        "2026-01-31T00:00:00.000000",
        "2026-01-31T13:45:00.000000",
    ]
    assert np.isnat(naive[1])
    assert str(zoned[0]) == "2026-01-31T12:45:00.000000"


@pytest.mark.parametrize(("text", "zone"), [("2026-01-31T00:00Z", None), ("2026-01-31", "UTC")])
def test_naive_and_zoned_moments_are_never_mixed(text: str, zone: str | None) -> None:
    with pytest.raises(NotADatetime):
        read_moments([text], zone)


def test_the_first_day_is_that_of_the_zone() -> None:
    moments = np.array(["2026-01-31T23:30", "NaT", "2026-03-01"], dtype="datetime64[us]")

    assert first_day(moments, None) == "2026-01-31"
    assert first_day(moments, "Europe/Berlin") == "2026-02-01"
