"""Readiness of a database: a role can connect, and the schema that it works in is there.

At a first installation all parts start at once: the server may not be up yet, and databases, roles
and schemas may not be made yet.
"""

import structlog
from sqlalchemy import URL, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from rookery_core.waiting import Wait, poll_until

_MAY = text("SELECT has_schema_privilege(oid, :right) FROM pg_namespace WHERE nspname = :schema")


def await_database(
    address: URL,
    wait: Wait,
    *,
    schema: str | None = None,
    right: str = "USAGE",
) -> None:
    """Waits until the role can connect, and has the right on the schema if one is named.

    It waits for a server that refuses connections or is starting, a name that does not resolve yet,
    and a role, password, database or schema that is not there yet; the log says so once.

    Raises:
        Unavailable: that was not so within `wait`.
    """
    faults: list[str] = []
    engine = create_engine(address, poolclass=NullPool)

    def look() -> bool | None:
        fault = _fault(engine, schema, right)
        if fault is None:
            return True
        if not faults and wait.seconds > 0:
            structlog.get_logger().info(
                "waiting for the database",
                database=address.database,
                host=address.host,
                port=address.port,
                reason=fault,
                seconds=wait.seconds,
            )
        faults.append(fault)
        return None

    poll_until(
        look,
        wait,
        lambda: (
            f"database {address.database!r} at {address.host}:{address.port} is not ready for role "
            f"{address.username!r} after {wait.seconds:g} s: {faults[-1]}; check that the server "
            "runs, its address, role and password, and that rookery-ingest bootstrap has run"
        ),
    )


def _fault(engine: Engine, schema: str | None, right: str) -> str | None:
    """Says why the database is not ready; None if it is."""
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
