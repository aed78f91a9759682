"""Real servers on loopback, each started once per run, when the first test asks for it."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from rookery_core.databases import LOGIN_ROLES
from rookery_ingest.bootstrap import bootstrap
from rookery_local.object_store import ObjectStore, S3Keys
from rookery_local.ports import free_ports
from rookery_local.postgres import Postgres
from rookery_local.tracking import Tracking


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
        roles={role: SecretStr(secrets.token_urlsafe(24)) for role in LOGIN_ROLES},
        log=servers_folder / "postgres.log",
    )
    try:
        server.start()
        bootstrap(server.admin, {role: server.settings(role).password for role in LOGIN_ROLES})
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
