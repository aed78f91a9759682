"""An MLflow tracking server on loopback that passes artifacts on to the object store.

Clients may also fetch files from the store by signed addresses
(docs/decisions/0612-artifacts-through-the-server.md).
"""

import os
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import httpx
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from rookery_core.database.connection import database_url, engine
from rookery_core.database.locks import session_lock
from rookery_core.database.names import MLFLOW
from rookery_core.errors import Refused
from rookery_core.settings import PostgresSettings, S3Settings, TrackingSettings
from rookery_local.process.child_process import Process
from rookery_local.process.environment import child_environment
from rookery_local.process.ports import LOOPBACK
from rookery_mlflow.database import MIGRATE_SECONDS, MIGRATION_LOCK, migrate

READY_SECONDS = 180


class TrackingServer:
    """One MLflow server with one worker; it migrates its database before it starts."""

    def __init__(
        self,
        folder: Path,
        port: int,
        *,
        database: PostgresSettings,
        store: S3Settings,
        bucket: str,
        log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.port = port
        self.artifacts = f"s3://{bucket}"
        self._database = database
        self._environment = {
            **(child_environment(folder) if environment is None else environment),
            **_environment(database, store),
        }
        self.process = Process(
            "mlflow",
            [
                *(sys.executable, "-m", "mlflow", "server", "--workers", "1"),
                *("--host", LOOPBACK, "--port", str(port)),
                *("--backend-store-uri", backend_uri(database)),
                *("--artifacts-destination", self.artifacts),
                *("--allowed-hosts", f"{LOOPBACK}:*,localhost:*"),
                # The API polls every second; a line for each would be the most of the log.
                *("--uvicorn-opts", "--no-access-log"),
            ],
            environment=self._environment,
            directory=folder,
            log=log,
        )

    @property
    def settings(self) -> TrackingSettings:
        """The settings with which a client connects."""
        return TrackingSettings(url=f"http://{LOOPBACK}:{self.port}")

    def start(self) -> None:
        """Migrates the database, starts the server and waits until its API answers.

        Raises:
            Unavailable: the migration failed, or the server is not ready in time.
        """
        self.launch()
        self.await_ready()

    def launch(self) -> None:
        """Migrates the database and starts the server without waiting for it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.migrate()
        self.process.start()

    def await_ready(self) -> None:
        """Waits for the launched server, as `start` does; another one that answers is not it."""
        with httpx.Client(base_url=self.settings.url, timeout=5, trust_env=False) as client:
            self.process.wait_ready(
                lambda: _answers(client) and self.process.listens_on(self.port), READY_SECONDS
            )

    def stop(self) -> None:
        """Stops the server and its worker."""
        self.process.stop()

    def migrate(self) -> None:
        """Brings the database to the schema of this MLflow; two at once wait for each other.

        MLflow takes seconds to find that nothing is to be done. So the schema of the last
        migration is noted in the folder, and nothing is started if the database still has it.

        Raises:
            Unavailable: the migration failed; with what it said.
        """
        known = self.folder / "schema"
        if known.exists() and known.read_text() == _schema(self._database):
            return
        with session_lock(database_url(self._database, MLFLOW), MIGRATION_LOCK, MIGRATE_SECONDS):
            migrate(backend_uri(self._database), self._environment, self.folder)
        known.write_text(_schema(self._database))


def require_location(packages: Path) -> None:
    """Checks that MLflow can read its migrations where it is installed.

    Raises:
        Refused: the path has a character that MLflow's configuration takes as its own.
    """
    if "%" in str(packages):
        raise Refused(
            f"MLflow cannot run from {packages}: the path has a '%'; move the checkout to a path "
            "without it, and run `make` there again"
        )


def backend_uri(database: PostgresSettings) -> str:
    """Makes the address of the database without the password: everybody can read arguments."""
    return (
        f"postgresql+psycopg2://{database.user}@{database.host}:{database.port}/{MLFLOW}"
        f"?sslmode={database.sslmode}"
    )


def _environment(database: PostgresSettings, store: S3Settings) -> Mapping[str, str]:
    assert store.endpoint_url is not None
    assert store.access_key is not None
    assert store.secret_key is not None
    return {
        "PGPASSWORD": database.password.get_secret_value(),
        "AWS_ACCESS_KEY_ID": store.access_key.get_secret_value(),
        "AWS_SECRET_ACCESS_KEY": store.secret_key.get_secret_value(),
        "AWS_DEFAULT_REGION": store.region,
        # What the person's files say is about other stores.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "MLFLOW_S3_ENDPOINT_URL": store.endpoint_url,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }


def _schema(database: PostgresSettings) -> str:
    """Describes the installed MLflow and the revision of the database."""
    connecting = engine(database, MLFLOW)
    try:
        with connecting.connect() as connection:
            revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    except DBAPIError:
        revision = None
    finally:
        connecting.dispose()
    return f"mlflow {version('mlflow')}, revision {revision}"


def _answers(client: httpx.Client) -> bool:
    # /health answers even if the database is down.
    try:
        response = client.post("/api/2.0/mlflow/experiments/search", json={"max_results": 1})
    except httpx.TransportError:
        return False
    return response.status_code == httpx.codes.OK
