"""The session of a lock: a connection of its own, which the server ends after a silence."""

from sqlalchemy import Engine, Executable, create_engine, func, select
from sqlalchemy.pool import NullPool

from rookery_core.databases import PROCESSED, database_url
from rookery_core.settings import PostgresSettings


def session_engine(settings: PostgresSettings, idle: float) -> Engine:
    """Connections that are never pooled: a session given back to a pool would keep its lock."""
    return create_engine(
        database_url(settings, PROCESSED),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        # A statement on a broken line fails when the server has given the session up, no later.
        connect_args={"tcp_user_timeout": int(idle * 1000)},
    )


def session_limits(idle: float) -> list[Executable]:
    """Statements after which the server ends the session `idle` seconds after its last word,
    or when the machine at its other end is gone."""
    third = max(1, int(idle / 3))
    values = {
        "idle_session_timeout": int(idle * 1000),
        "tcp_keepalives_idle": third,
        "tcp_keepalives_interval": third,
        "tcp_keepalives_count": 2,
    }
    return [select(func.set_config(name, str(value), False)) for name, value in values.items()]
