"""Names of columns: what one may be, and which one to write for a header of a file."""

import re
from collections.abc import Collection
from unicodedata import combining, normalize

MAX_CHARACTERS = 48
SYSTEM_COLUMNS = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})
"""Names that every table of PostgreSQL has already
(https://www.postgresql.org/docs/current/ddl-system-columns.html)."""
OUTPUT = "probabilities"
"""The name of a served model's output; no feature may have it."""
_SPELLED = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "%": " percent "}
)


def column_name(header: str, taken: Collection[str] = ()) -> str:
    """Returns a name for the column of a file's header, that is none of `taken`.

    It is the header in small letters of ASCII, with `_` for all else: `Mean radius (mm)` becomes
    `mean_radius_mm`. A header of nothing becomes `unnamed`.
    """
    composed = normalize("NFC", header).lower().translate(_SPELLED)
    plain = "".join(c for c in normalize("NFKD", composed) if not combining(c))
    words = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if not words:
        words = "column" if header.strip() else "unnamed"
    elif words[0].isdigit():
        words = f"x{words}"
    name = words[:MAX_CHARACTERS].rstrip("_")
    number = 1
    reserved = {*SYSTEM_COLUMNS, OUTPUT, *taken}
    free = name
    while free in reserved:
        number += 1
        ending = f"_{number}"
        free = name[: MAX_CHARACTERS - len(ending)] + ending
    return free
