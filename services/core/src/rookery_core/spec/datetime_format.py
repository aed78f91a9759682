"""Formats of moments: what a spec may say of a datetime column, and how its cells are read."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

from rookery_core.zones import UnknownZone, zone_of

ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(Z|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII | re.IGNORECASE,
)
"""Calendar dates and times of ISO 8601 in its extended format, also with a space for the T, as
databases write them (RFC 3339, section 5.6)."""
_DIRECTIVES = frozenset("aAbBdHIjmMpSfyYz%")
"""Those of strptime that mean the same on every machine, and a part of a moment."""
_SAMPLE = datetime(2001, 11, 23, 14, 35, 46, 120000, tzinfo=UTC)


class NotADatetime(ValueError):
    """A text is not a moment of its column; says why."""


def check_format(form: str, *, zoned: bool) -> None:
    """Checks that a format names a day or a month, and an offset only where there is a zone.

    A month without a day is its first day.

    Raises:
        ValueError: it does not.
    """
    named = set(re.findall(r"%(.?)", form, re.DOTALL))
    strange = sorted(named - _DIRECTIVES)
    if strange:
        raise ValueError(
            f"format: '%{strange[0]}' is not a directive that every machine reads alike; use %Y %m "
            "%d %H %M %S and the like (docs.python.org/3/library/datetime.html#format-codes)"
        )
    if not (named & {"Y", "y"} and named & {"j", "m", "b", "B"}):
        raise ValueError(
            f"format: {form!r} does not tell a day or a month; it needs a year (%Y) and a month "
            "(%m), with a day (%d) or without, or a year and a day of the year (%j)"
        )
    if "I" in named and "p" not in named:
        raise ValueError("format: %I is an hour of twelve; add %p, or write %H")
    if "z" in named and not zoned:
        raise ValueError("format: %z reads an offset; add zone: UTC, or the zone of the values")
    try:
        # Only whether it can be read counts.
        datetime.strptime(_SAMPLE.strftime(form), form)  # noqa: DTZ007
    except (ValueError, re.error) as error:
        raise ValueError(f"format: {form!r} cannot be read by strptime: {error}") from None


def check_zone(zone: str) -> None:
    """Checks that there is such a zone.

    Raises:
        ValueError: there is none.
    """
    try:
        zone_of(zone)
    except UnknownZone:
        raise ValueError(
            f"zone: {zone!r} is not the name of an IANA time zone; write UTC, or one such as "
            "Europe/Berlin"
        ) from None


def check_origin(origin: str) -> None:
    """Checks that an origin is a day.

    Raises:
        ValueError: it is none.
    """
    try:
        is_day = date.fromisoformat(origin).isoformat() == origin
    except ValueError:
        is_day = False
    if not is_day:
        raise ValueError(f"origin: {origin!r} is not a day; write it as 2026-01-31")


def datetime_reader(form: str | None, zone: str | None) -> Callable[[str], datetime]:
    """Returns a function that reads a text as a moment: naive, or in UTC where there is a zone.

    The function raises `NotADatetime`, with words that follow the text, if it is none.
    """
    local = zone_of(zone) if zone is not None else None

    def iso(text: str) -> datetime:
        found = ISO.fullmatch(text)
        if not found:
            raise NotADatetime("is not a date or time of ISO 8601, such as 2026-01-31T13:45:00")
        if local is None and found[1]:
            raise NotADatetime("has an offset, and the column has no zone")
        if local is not None and not found[1]:
            raise NotADatetime("has no offset (Z or +01:00), and the column has a zone")
        try:
            return _in_utc(datetime.fromisoformat(_plain(text)))
        except (ValueError, OverflowError) as error:
            raise NotADatetime(f"is not a moment: {error}") from None

    def formatted(text: str) -> datetime:
        assert form is not None
        try:
            # A naive one is right where the column has no zone.
            moment = datetime.strptime(text, form)  # noqa: DTZ007
            if local is not None and moment.tzinfo is None:
                moment = moment.replace(tzinfo=local)
            return _in_utc(moment)
        except (ValueError, OverflowError):
            raise NotADatetime(f"is not of the form {form}") from None

    return iso if form is None else formatted


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is None else moment.astimezone(UTC)


def _plain(text: str) -> str:
    """Writes the text as every supported Python reads it; digits after microseconds are cut."""
    plain = text.upper().replace(",", ".").replace("Z", "+00:00")
    plain = re.sub(r"\.(\d+)", lambda found: f".{found[1][:6]:0<6}", plain)
    return re.sub(r"([+-]\d\d)$", r"\1:00", plain) if len(plain) > len("2026-01-31") else plain
