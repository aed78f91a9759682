"""The limits of a lock's session, which the server ends after some silence."""

from sqlalchemy import Executable, func, select


def connect_options(idle: float) -> dict[str, int]:
    """Makes a statement on a broken connection fail before the server gives up the session."""
    return {"tcp_user_timeout": int(idle * 1000)}


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
