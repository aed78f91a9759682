"""A server of PostgreSQL that a test has to itself, or that is somebody else's."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from rookery_core.database.names import LOGIN_ROLES
from rookery_local.process.ports import free_ports
from rookery_local.servers.postgres import Postgres


@contextmanager
def stopped_afterwards(folder: Path) -> Iterator[Postgres]:
    """Gives a server with its data and log in `folder`, not started and empty."""
    server = Postgres(
        folder / "postgres",
        free_ports(1)[0],
        password=SecretStr(secrets.token_urlsafe(24)),
        roles={role: SecretStr(secrets.token_urlsafe(24)) for role in LOGIN_ROLES},
        log=folder / "postgres.log",
    )
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def foreign_postgres(folder: Path) -> Iterator[Postgres]:
    """Gives a running server that knows nothing of ours; its user may enter `folder`."""
    folder.chmod(0o755)
    with stopped_afterwards(folder) as server:
        server.start()
        yield server
