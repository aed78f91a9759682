"""Errors of a database as SQLAlchemy raises them."""

from sqlalchemy.exc import DBAPIError


class StateError(Exception):
    """Has the SQLSTATE where psycopg2's errors have it."""

    def __init__(self, pgcode: str | None) -> None:
        super().__init__(f"SQLSTATE {pgcode}")
        self.pgcode = pgcode


def database_error(pgcode: str | None) -> DBAPIError:
    """Makes an error of that SQLSTATE; None: the server did not answer."""
    return DBAPIError("SELECT", {}, StateError(pgcode))
