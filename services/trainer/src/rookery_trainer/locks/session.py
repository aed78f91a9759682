"""The session of a lock: a connection of its own, which the server ends after some silence."""

from sqlalchemy import Engine, Executable, create_engine, func, select
from sqlalchemy.pool import NullPool

from rookery_core.database.connection import database_url
from rookery_core.database.names import PROCESSED
from rookery_core.settings import PostgresSettings


def session_engine(settings: PostgresSettings, idle: float) -> Engine:
    """Makes an engine without a pool: a session given back to a pool would keep its lock."""
    return create_engine(
        database_url(settings, PROCESSED),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        # On a broken connection, a statement fails no later than the server gives up the session.
        connect_args={"tcp_user_timeout": int(idle * 1000)},
    )


def session_limits(idle: float) -> list[Executable]:
    """Makes the statements that let the server end a session that is silent for `idle` seconds.

    It also ends the session when the machine at the other end is gone.
    """
    third = max(1, int(idle / 3))
    values = {
        "idle_session_timeout": int(idle * 1000),
        "tcp_keepalives_idle": third,
        "tcp_keepalives_interval": third,
        "tcp_keepalives_count": 2,
    }
    return [select(func.set_config(name, str(value), False)) for name, value in values.items()]
