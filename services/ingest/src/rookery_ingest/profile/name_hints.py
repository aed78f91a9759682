"""What the name of a column hints at. A hint never decides alone."""

import re

_ENTITIES = (
    "patient subject customer client user person participant respondent student pupil employee "
    "member account household family device machine sensor session vehicle animal visitor donor "
    "subscriber applicant candidate individual panelist rat mouse child cow"
)
_IDENTIFIERS = "id ids identifier uuid guid key pk index rowid rownames rowname rownumber"
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def is_identifier(header: str) -> bool:
    """Tells whether a name ends as those of identifiers do: `PassengerId`, `order_id`."""
    words = _words(header)
    return bool(words) and (words[-1] in _IDENTIFIERS.split() or words == ["unnamed", "0"])


def is_entity(header: str) -> bool:
    """Tells whether a name is one of somebody or something that may have several rows."""
    words = _words(header)
    return is_identifier(header) or (bool(words) and words[-1] in _ENTITIES.split())


def _words(header: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(header)]
