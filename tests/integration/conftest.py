"""Real servers on loopback, each started once per run, when the first test asks for it."""

import secrets
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from pydantic import SecretStr

from rookery_core.databases import MLFLOW, PROCESSED, RAW
from rookery_core.settings import PostgresSettings
from rookery_local.object_store import ObjectStore, S3Keys
from rookery_local.ports import free_ports
from rookery_local.postgres import Postgres
from rookery_local.tracking import Tracking

ROLES = ("ingest", "trainer", "mlflow", "notebook")


@pytest.fixture(scope="session")
def servers_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the servers of this run keep their data and logs."""
    folder = tmp_path_factory.mktemp("servers")
    # Where the run is root, PostgreSQL runs as somebody else and has to get through.
    for each in (folder, *folder.parents[:2]):
        each.chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def postgres(servers_folder: Path) -> Iterator[Postgres]:
    """A PostgreSQL server with all databases, roles, schemas and the ledger.

    `postgres.settings("trainer")` says how a role connects, `postgres.admin` how everything goes.
    """
    server = Postgres(
        servers_folder / "postgres",
        free_ports(1)[0],
        password=SecretStr(secrets.token_urlsafe(24)),
        roles={role: SecretStr(secrets.token_urlsafe(24)) for role in ROLES},
        log=servers_folder / "postgres.log",
    )
    try:
        server.start()
        bootstrap(server)
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def object_store(servers_folder: Path) -> Iterator[ObjectStore]:
    """An S3 server with a bucket: `object_store.settings`, `object_store.bucket`."""
    server = ObjectStore(
        servers_folder / "object-store",
        S3Keys(SecretStr(secrets.token_hex(10)), SecretStr(secrets.token_hex(20))),
        servers_folder / "object-store.log",
    )
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def tracking(
    servers_folder: Path, postgres: Postgres, object_store: ObjectStore
) -> Iterator[Tracking]:
    """An MLflow server on both: `tracking.settings`."""
    server = Tracking(
        servers_folder / "tracking",
        free_ports(1)[0],
        database=postgres.settings("mlflow"),
        store=object_store.settings,
        bucket=object_store.bucket,
        log=servers_folder / "tracking.log",
    )
    try:
        server.start()
        yield server
    finally:
        server.stop()


def bootstrap(server: Postgres) -> None:
    """Databases, roles and schemas exist."""
    admin = server.admin
    with closing(_connect(admin, "postgres")) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        for role in ROLES:
            password = server.settings(role).password.get_secret_value()
            cursor.execute(f"CREATE ROLE {role} LOGIN PASSWORD %s", (password,))
        for database, owner in ((RAW, "ingest"), (PROCESSED, "ingest"), (MLFLOW, "mlflow")):
            cursor.execute(f"CREATE DATABASE {database} OWNER {owner}")
    for database, schema in ((RAW, "raw"), (PROCESSED, "processed"), (PROCESSED, "ledger")):
        with closing(_connect(admin, database)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute(f"CREATE SCHEMA {schema} AUTHORIZATION ingest")
            cursor.execute(f"GRANT USAGE ON SCHEMA {schema} TO trainer, notebook")
            cursor.execute(
                f"ALTER DEFAULT PRIVILEGES FOR ROLE ingest IN SCHEMA {schema} "
                "GRANT SELECT ON TABLES TO trainer, notebook"
            )


def _connect(settings: PostgresSettings, database: str) -> psycopg2.extensions.connection:
    return psycopg2.connect(
        host=settings.host,
        port=settings.port,
        user=settings.user,
        password=settings.password.get_secret_value(),
        dbname=database,
    )
