"""Makes the databases, roles, schemas and grants that every other part relies on."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import structlog
from psycopg2.errors import InsufficientPrivilege
from psycopg2.extensions import encrypt_password
from pydantic import SecretStr
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from rookery_core.database.connection import database_url
from rookery_core.database.locks import session_lock
from rookery_core.database.names import LOGIN_ROLES
from rookery_core.database.readiness import await_database
from rookery_core.errors import Refused, Unavailable
from rookery_core.secret import is_blank
from rookery_core.settings import PostgresSettings
from rookery_core.waiting import Wait
from rookery_ingest.bootstrap.grants import DATABASES, GRANTS

MAINTENANCE = "postgres"
"""The database that every server has: the administrator connects there first."""
LOCK_SECONDS = 120.0
_INHERIT_OPTION = 160000
"""The server version from which a membership says whether its rights are inherited."""


def bootstrap(
    admin: PostgresSettings,
    passwords: Mapping[str, SecretStr],
    wait: float = 0,
) -> None:
    """Makes what is missing and applies the passwords; what exists stays as it is.

    Safe to run twice, and twice at once, on the chart's server or on yours. The administrator needs
    CREATEDB and CREATEROLE, but not superuser. Passwords travel as SCRAM verifiers, so that no
    statement, and no server log, holds one.

    Raises:
        Refused: a role's password is missing, or the administrator lacks a right.
        Unavailable: the server did not answer within `wait` seconds, or another bootstrap did not
            end.
    """
    missing = [role for role in LOGIN_ROLES if not _given(passwords.get(role))]
    if missing:
        names = ", ".join(f"ROOKERY_ROLE_{role.upper()}_PASSWORD" for role in missing)
        raise Refused(f"roles {missing} have no password, or a blank one; set {names}")
    maintenance = database_url(admin, MAINTENANCE)
    await_database(maintenance, Wait(wait))
    with session_lock(maintenance, "rookery:bootstrap", LOCK_SECONDS), _explained(admin):
        with _connection(admin, MAINTENANCE, autocommit=True) as connection:
            for role in LOGIN_ROLES:
                _ensure_role(connection, role, passwords[role])
            for database in DATABASES:
                _ensure_database(connection, database)
        for database, statements in GRANTS.items():
            with _connection(admin, database) as connection:
                for statement in statements:
                    connection.exec_driver_sql(statement)
    structlog.get_logger().info("bootstrapped", databases=list(DATABASES), roles=list(LOGIN_ROLES))


def _given(password: SecretStr | None) -> bool:
    return password is not None and not is_blank(password.get_secret_value())


@contextmanager
def _connection(
    admin: PostgresSettings, database: str, autocommit: bool = False
) -> Iterator[Connection]:
    engine = create_engine(database_url(admin, database), poolclass=NullPool)
    if autocommit:
        # CREATE DATABASE refuses to run inside a transaction.
        engine = engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.begin() as connection:
        yield connection


@contextmanager
def _explained(admin: PostgresSettings) -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise Unavailable(
            f"the server {admin.host}:{admin.port} failed: {error.orig}; run bootstrap again"
        ) from None
    except DBAPIError as error:
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        raise Refused(
            f"role {admin.user!r} may not do that: {error.orig}; give it CREATEDB and CREATEROLE, "
            "and the admin option of the roles that another one made"
        ) from None


def _ensure_role(connection: Connection, role: str, password: SecretStr) -> None:
    known = text("SELECT FROM pg_roles WHERE rolname = :role")
    if connection.execute(known, {"role": role}).first() is None:
        connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN")
    verifier = encrypt_password(
        password.get_secret_value(), role, connection.connection.driver_connection, "scram-sha-256"
    )
    # The verifier is base64, `$` and `:`: nothing in it needs quoting.
    connection.exec_driver_sql(f"ALTER ROLE {role} LOGIN PASSWORD '{verifier}'")
    _ensure_membership(connection, role)


def _ensure_membership(connection: Connection, role: str) -> None:
    """Lets the administrator act for the role.

    Without that, only a superuser could make a schema for the role, or set the rights on tables
    that it will make.
    """
    member = text("SELECT pg_has_role(current_user, :role, 'USAGE')")
    if connection.scalar(member, {"role": role}):
        return
    version = int(str(connection.scalar(text("SHOW server_version_num"))))
    option = " WITH INHERIT TRUE, SET TRUE" if version >= _INHERIT_OPTION else ""
    connection.exec_driver_sql(f"GRANT {role} TO CURRENT_USER{option}")


def _ensure_database(connection: Connection, database: str) -> None:
    known = text("SELECT FROM pg_database WHERE datname = :database")
    if connection.execute(known, {"database": database}).first() is None:
        # template0: template1 can't be copied while somebody is connected to it.
        connection.exec_driver_sql(f"CREATE DATABASE {database} TEMPLATE template0 ENCODING 'UTF8'")
