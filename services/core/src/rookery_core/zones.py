"""Time zones: the same on every machine, whatever its system knows of them.

They are those of the package `tzdata`, which the locks pin: training and serving see one calendar.
"""

import re
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z][A-Za-z0-9_+-]*){0,3}", re.ASCII)


class UnknownZone(ValueError):
    """No time zone has that name."""


@lru_cache(maxsize=700)
def zone_of(name: str) -> ZoneInfo:
    """Returns the zone of that IANA name; the first time it is read from a file.

    Raises:
        UnknownZone: there is none.
    """
    if not _NAME.fullmatch(name):
        raise UnknownZone(name)
    try:
        with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
            return ZoneInfo.from_file(file, key=name)
    except (OSError, ValueError):
        raise UnknownZone(name) from None
