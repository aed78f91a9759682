"""Formats of dates and times: which one reads all cells of a column, or which two do."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_LONG = "january february march april may june july august september october november december"
_MONTH = {
    **{name: number for number, name in enumerate(_MONTHS, 1)},
    **{name: number for number, name in enumerate(_LONG.split(), 1)},
}
_PARTS = {
    "%Y": r"(?P<Y>\d{4})",
    "%y": r"(?P<y>\d{2})",
    "%m": r"(?P<m>1[0-2]|0?[1-9])",
    "%d": r"(?P<d>3[01]|[12]\d|0?[1-9])",
    "%b": f"(?P<b>{'|'.join(_MONTHS)})",
    "%B": f"(?P<b>{'|'.join(_LONG.split())})",
    "%H": r"(?:2[0-3]|[01]?\d)",
    "%I": r"(?:1[0-2]|0?[1-9])",
    "%M": r"[0-5]\d",
    "%S": r"[0-5]\d",
    "%p": r"[ap]m",
}
_ISO = (
    r"(?P<Y>\d{4})-(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12]\d|3[01])"
    r"(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?"
)
_OFFSET = r"(?:Z|[+-]\d\d(?::?\d\d)?)"
_DECIMAL = re.compile(r"[+-]?\d*\.\d*(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
"""Most texts of digits are such, and no format has one point alone."""
_DAYS = (
    "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%m.%d.%Y", "%d-%m-%Y", "%m-%d-%Y",
    "%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%m.%d.%y", "%d-%m-%y", "%m-%d-%y",
    "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d",
    "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%b %d %Y",
    "%d %B %Y", "%B %d, %Y", "%B %d %Y", "%d/%b/%Y", "%d%b%Y",
)  # fmt: skip
_MONTHS_ALONE = ("%Y-%m", "%Y/%m", "%m/%Y", "%m-%Y", "%b %Y", "%b-%Y", "%B %Y", "%Y %b")
"""A month without a day is its first day. With two digits the year might be a day, and with a
point all of it a decimal."""
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")


@dataclass(frozen=True, slots=True)
class DatetimeFormat:
    """How a moment is written."""

    form: str | None
    """In the directives of strptime; None for ISO 8601."""
    zoned: bool = False
    """Whether each cell has an offset."""

    @property
    def swapped(self) -> "DatetimeFormat | None":
        """Returns the format in which day and month have changed places, if they can."""
        if self.form is None or self.form.startswith("%Y"):
            return None
        day, month = self.form.find("%d"), self.form.find("%m")
        if min(day, month) < 0:
            return None
        marks = {"%d": "%m", "%m": "%d"}
        return DatetimeFormat(re.sub("%[dm]", lambda mark: marks[mark[0]], self.form))

    def day(self, text: str) -> int | None:
        """Returns the day of a text without space around it, as its ordinal; None if it is none."""
        found = _pattern(self).fullmatch(text)
        if not found:
            return None
        parts = found.groupdict()
        year = int(parts["Y"]) if parts.get("Y") else _century(int(parts["y"]))
        month = _MONTH[parts["b"].lower()] if parts.get("b") else int(parts["m"])
        return _ordinal(year, month, int(parts.get("d") or 1))

    def may_read_all(self, texts: Collection[str]) -> bool:
        """Tells quickly whether all texts are written so, whether they are days or not."""
        return _patterns(self).fullmatch("\n".join(texts)) is not None

    def __str__(self) -> str:
        return self.form or "ISO 8601"


ISO_NAIVE = DatetimeFormat(None)
ISO_ZONED = DatetimeFormat(None, zoned=True)
FORMATS = (
    ISO_NAIVE,
    ISO_ZONED,
    *(DatetimeFormat(day + time) for day in _DAYS for time in _TIMES),
    *map(DatetimeFormat, _MONTHS_ALONE),
)


def may_be_datetime(text: str) -> bool:
    """Tells quickly whether a text may be a moment: its length, its digits, and no decimal."""
    if not 6 <= len(text) <= 40 or sum(map(str.isdigit, text)) < 3:
        return False
    return _DECIMAL.fullmatch(text) is None


def possible(text: str) -> Iterator[DatetimeFormat]:
    """Yields every format that reads the text."""
    if may_be_datetime(text):
        yield from (form for form in FORMATS if form.day(text) is not None)


@lru_cache(maxsize=len(FORMATS))
def _pattern(form: DatetimeFormat) -> re.Pattern[str]:
    if form.form is None:
        # A day alone has no offset.
        tail = f"{_OFFSET})" if form.zoned else ")?"
        return re.compile(_ISO + tail, re.ASCII | re.IGNORECASE)
    if form.form == "%Y%m%d":
        # Without separators, other numbers look alike but for their size.
        return re.compile(r"(?P<Y>19\d\d|20\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])")
    pieces = re.split("(%[A-Za-z])", form.form)
    # A month alone has few signs: other numbers look alike but for their size.
    parts = _PARTS | {"%Y": r"(?P<Y>19\d\d|20\d\d)"} if form.form in _MONTHS_ALONE else _PARTS
    pattern = "".join(parts.get(piece, re.escape(piece)) for piece in pieces)
    return re.compile(pattern, re.ASCII | re.IGNORECASE)


@lru_cache(maxsize=len(FORMATS))
def _patterns(form: DatetimeFormat) -> re.Pattern[str]:
    one = _pattern(form)
    nameless = re.sub(r"\(\?P<\w>", "(?:", one.pattern)
    return re.compile(f"(?:{nameless}\n)*{nameless}", one.flags)


def _century(year: int) -> int:
    # As POSIX and Python read %y.
    return 1900 + year if year >= 69 else 2000 + year


@lru_cache(maxsize=65_536)
def _ordinal(year: int, month: int, day: int) -> int | None:
    try:
        return date(year, month, day).toordinal()
    except ValueError:
        return None
