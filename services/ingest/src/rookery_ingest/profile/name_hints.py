"""What the name of a column hints at. A hint never decides alone."""

import re

_ENTITIES = (
    "patient subject customer client user person participant respondent student pupil employee "
    "member account household family device machine sensor session vehicle animal visitor donor "
    "subscriber applicant candidate individual panelist rat mouse child cow"
)
_IDENTIFIERS = "id ids identifier uuid guid key pk index rowid rownames rowname rownumber"
_NUMBERS = "num number no nr"
_GLUED = re.compile(
    rf"(?:{'|'.join(_ENTITIES.split())}|case|order|item|product|trip|ride|event|pat|subj|cust|emp|[psu])"
    r"(?:id|num|nr)(?:num)?"
)
"""Names in which the words stand without a mark between them: `userid`, `pidnum`."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def is_identifier(header: str) -> bool:
    """Tells whether a name ends as those of identifiers do: `PassengerId`, `user id`, `pidnum`."""
    words = _words(header)
    if not words or words == ["unnamed", "0"]:
        return bool(words)
    if words[-1] in _NUMBERS.split() and len(words) > 1:
        return words[-2] in _ENTITIES.split() or words[-2] in _IDENTIFIERS.split()
    return words[-1] in _IDENTIFIERS.split() or _GLUED.fullmatch(words[-1]) is not None


def is_entity(header: str) -> bool:
    """Tells whether a name is one of somebody or something that may have several rows."""
    words = _words(header)
    return is_identifier(header) or (bool(words) and words[-1] in _ENTITIES.split())


def _words(header: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(header)]
