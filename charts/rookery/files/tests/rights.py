"""Each role of the databases may do what it is there for, and nothing else.

Every statement is tried as the role and rolled back.
"""

import os
import sys
from dataclasses import dataclass

import structlog
from psycopg2.errors import InsufficientPrivilege
from pydantic import SecretStr
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from rookery_core import logs
from rookery_core.connection_failure import FIRST_CONNECTION_SECONDS
from rookery_core.database.connection import database_url
from rookery_core.database.names import (
    LEDGER_SCHEMA,
    MLFLOW,
    PROCESSED,
    PROCESSED_SCHEMA,
    RAW,
    RAW_SCHEMA,
    ROLE_INGEST,
    ROLE_MLFLOW,
    ROLE_NOTEBOOK,
    ROLE_TRAINER,
)
from rookery_core.database.readiness import await_database
from rookery_core.errors import RookeryError, Unavailable
from rookery_core.job import run_job
from rookery_core.settings import PostgresSettings
from rookery_core.waiting import Wait

RAW_BATCHES, BATCHES = f"{RAW_SCHEMA}.batches", f"{PROCESSED_SCHEMA}.batches"
INTENTS = f"{LEDGER_SCHEMA}.intents"
ADD_INTENT = (
    f"INSERT INTO {INTENTS} (model, epoch, kind, version, sweep_id, rule, reason, evidence)"
    " VALUES ('rookery-test', 1, 'promotion', 1, 'rookery-test', 'test', 'test', '{}')"
)


@dataclass(frozen=True)
class Right:
    """What a role may do in a database, and what not."""

    role: str
    database: str
    may: tuple[str, ...] = ()
    may_not: tuple[str, ...] = ()


RIGHTS = (
    Right(ROLE_INGEST, RAW, (f"CREATE TABLE {RAW_SCHEMA}.rookery_test ()",)),
    Right(
        ROLE_INGEST,
        PROCESSED,
        (f"CREATE TABLE {PROCESSED_SCHEMA}.rookery_test ()",),
        (f"SELECT FROM {INTENTS}", ADD_INTENT, "CREATE TABLE public.rookery_test ()"),
    ),
    Right(
        ROLE_TRAINER,
        PROCESSED,
        (f"SELECT FROM {BATCHES}", f"SELECT FROM {INTENTS}", ADD_INTENT),
        (
            f"DELETE FROM {BATCHES}",
            f"UPDATE {INTENTS} SET version = 1",
            f"DELETE FROM {INTENTS}",
            f"TRUNCATE {INTENTS} CASCADE",
            f"CREATE TABLE {PROCESSED_SCHEMA}.rookery_test ()",
        ),
    ),
    Right(
        ROLE_NOTEBOOK,
        RAW,
        (f"SELECT FROM {RAW_BATCHES}",),
        (f"DELETE FROM {RAW_BATCHES}", f"CREATE TABLE {RAW_SCHEMA}.rookery_test ()"),
    ),
    Right(
        ROLE_NOTEBOOK,
        PROCESSED,
        (f"SELECT FROM {BATCHES}", f"SELECT FROM {INTENTS}"),
        (f"DELETE FROM {BATCHES}", ADD_INTENT),
    ),
    Right(ROLE_MLFLOW, MLFLOW, ("CREATE TABLE public.rookery_test ()",)),
)
CLOSED = (
    (ROLE_INGEST, MLFLOW),
    (ROLE_TRAINER, RAW),
    (ROLE_TRAINER, MLFLOW),
    (ROLE_NOTEBOOK, MLFLOW),
    (ROLE_MLFLOW, RAW),
    (ROLE_MLFLOW, PROCESSED),
)
"""The databases that a role may not even connect to."""


def main() -> None:
    """The server keeps to all of it.

    Raises:
        RookeryError: naming everything that it does not keep to.
        Unavailable: the server does not answer.
    """
    await_database(database_url(settings(ROLE_INGEST), RAW), Wait(FIRST_CONNECTION_SECONDS))
    faults = [
        *(f"{right.role} may not: {s}" for right in RIGHTS for s in right.may if not may(right, s)),
        *(f"{right.role} may: {s}" for right in RIGHTS for s in right.may_not if may(right, s)),
        *(f"{role} may connect to {name}" for role, name in CLOSED if may(Right(role, name))),
    ]
    if faults:
        said = "; ".join(faults)
        raise RookeryError(f"{said}; run `kubectl create job rights --from=cronjob/databases`")
    tried = sum(len(right.may) + len(right.may_not) for right in RIGHTS)
    structlog.get_logger().info("rights are as they should be", tried=tried, closed=len(CLOSED))


def may(right: Right, statement: str = "SELECT") -> bool:
    """Whether the role may do that; it is not done.

    Raises:
        Unavailable: the server does not answer.
    """
    engine = create_engine(database_url(settings(right.role), right.database), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
            connection.rollback()
    except OperationalError as error:
        if "permission denied for database" in str(error.orig):
            return False
        raise Unavailable(f"PostgreSQL fails: {error.orig}; see that it runs") from None
    except DBAPIError as error:
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        return False
    return True


def settings(role: str) -> PostgresSettings:
    """How to connect as the role, by `ROOKERY_ROLE_<NAME>_PASSWORD`."""
    password = SecretStr(os.environ[f"ROOKERY_ROLE_{role.upper()}_PASSWORD"])
    return PostgresSettings(user=role, password=password)


if __name__ == "__main__":
    logs.configure()
    sys.exit(run_job(main))
