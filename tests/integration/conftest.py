"""Real servers on loopback, each started once per run, when the first test asks for it."""

import secrets
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from rookery_core.database.names import LOGIN_ROLES
from rookery_ingest.bootstrap.bootstrap import bootstrap
from rookery_local.folder.home import Home
from rookery_local.process.environment import child_environment
from rookery_local.process.ports import free_ports
from rookery_local.servers.object_store import ObjectStore
from rookery_local.servers.postgres import Postgres
from rookery_local.servers.store_identities import S3Keys
from rookery_local.servers.tracking_server import TrackingServer
from rookery_local.stack.reaper import Reaper


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Where the servers of this run keep their data and logs; none outlives the run."""
    home = Home(tmp_path_factory.mktemp("servers"))
    home.prepare()
    reaper = Reaper(home)
    yield home
    reaper.dismiss()


@pytest.fixture(scope="session")
def postgres(servers: Home) -> Iterator[Postgres]:
    """A PostgreSQL server with all databases, roles, schemas and the ledger.

    `postgres.settings("trainer")` says how a role connects, `postgres.admin` how everything goes.
    """
    server = Postgres(
        servers.part("postgres"),
        free_ports(1)[0],
        password=SecretStr(secrets.token_urlsafe(24)),
        roles={role: SecretStr(secrets.token_urlsafe(24)) for role in LOGIN_ROLES},
        log=servers.log("postgres"),
        environment=child_environment(servers.temporary, servers.mark),
    )
    try:
        server.start()
        bootstrap(server.admin, {role: server.settings(role).password for role in LOGIN_ROLES})
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def object_store(servers: Home) -> Iterator[ObjectStore]:
    """An S3 server with a bucket: `object_store.settings`, `object_store.bucket`."""
    server = ObjectStore(
        servers.part("object-store"),
        S3Keys(SecretStr(secrets.token_hex(10)), SecretStr(secrets.token_hex(20))),
        servers.log("object-store"),
        environment=child_environment(servers.temporary, servers.mark),
    )
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def tracking(
    servers: Home, postgres: Postgres, object_store: ObjectStore
) -> Iterator[TrackingServer]:
    """An MLflow server on both: `tracking.settings`."""
    server = TrackingServer(
        servers.part("mlflow"),
        free_ports(1)[0],
        database=postgres.settings("mlflow"),
        store=object_store.settings,
        bucket=object_store.bucket,
        log=servers.log("mlflow"),
        environment=child_environment(servers.temporary, servers.mark),
    )
    try:
        server.start()
        yield server
    finally:
        server.stop()
