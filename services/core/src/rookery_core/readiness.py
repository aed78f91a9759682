"""Readiness of a database: a role can connect, and the schema that it works in is there.

At a first installation all parts start at once: the server is still to come up, and databases,
roles and schemas are still to be made.
"""

import structlog
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from rookery_core.databases import database_url
from rookery_core.patience import Patience
from rookery_core.settings import PostgresSettings

_MAY = text("SELECT has_schema_privilege(oid, :right) FROM pg_namespace WHERE nspname = :schema")


def await_database(
    settings: PostgresSettings,
    database: str,
    patience: Patience,
    *,
    schema: str | None = None,
    right: str = "USAGE",
) -> None:
    """The role can connect to the database, and has the right on its schema where one is named.

    A server that refuses connections or is starting, a name that does not resolve yet, a role,
    password, database or schema that is not there yet: each is waited for, with one event.

    Raises:
        Unavailable: if that is not so when patience ends.
    """
    faults: list[str] = []
    engine = create_engine(database_url(settings, database), poolclass=NullPool)

    def look() -> bool | None:
        fault = _fault(engine, schema, right)
        if fault is None:
            return True
        if not faults and patience.seconds > 0:
            structlog.get_logger().info(
                "waiting for the database",
                database=database,
                host=settings.host,
                port=settings.port,
                reason=fault,
                seconds=patience.seconds,
            )
        faults.append(fault)
        return None

    patience.until(
        look,
        lambda: (
            f"database {database!r} at {settings.host}:{settings.port} is not ready for role "
            f"{settings.user!r} after {patience.seconds:g} s: {faults[-1]}; check that the server "
            "runs, ROOKERY_POSTGRES_*, and that rookery-ingest bootstrap has run"
        ),
    )


def _fault(engine: Engine, schema: str | None, right: str) -> str | None:
    """Why the database is not ready; None where it is."""
    try:
        with engine.connect() as connection:
            if schema is None:
                return None
            may = connection.scalar(_MAY, {"schema": schema, "right": right})
    except DBAPIError as error:
        return " ".join(str(error.orig).split())
    if may is None:
        return f"it has no schema {schema!r}"
    return None if may else f"the role has no {right} on schema {schema!r}"
