"""Failures of a database that last: the same statement on the same data fails every time."""

_LASTING_CLASSES = ("22", "42", "54")
"""Classes of SQLSTATE: a value, a statement or a right that is wrong, a limit of the server
(https://www.postgresql.org/docs/current/errcodes-appendix.html)."""
_PASSING = frozenset({"42P01", "42710", "42P04", "42P06", "42P07"})
"""Of them, what another program did meanwhile: it made the object, or dropped the table."""


def is_lasting(error: BaseException | None) -> bool:
    """Tells whether trying again cannot mend the error: the driver's, or SQLAlchemy's around it."""
    state = getattr(getattr(error, "orig", error), "pgcode", None)
    return isinstance(state, str) and state.startswith(_LASTING_CLASSES) and state not in _PASSING
