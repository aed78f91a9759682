"""The embedded stack: PostgreSQL, S3, MLflow and the API, each as a process on loopback."""

import sysconfig
import time
from collections.abc import Callable, Collection
from pathlib import Path

from rookery_core.database.names import LOGIN_ROLES, ROLE_MLFLOW
from rookery_core.errors import Unavailable
from rookery_core.settings import CatalogSettings
from rookery_ingest.bootstrap.bootstrap import bootstrap
from rookery_local.folder.credentials import Credentials
from rookery_local.folder.home import Home
from rookery_local.process.child_process import Process, stop_all
from rookery_local.process.environment import child_environment
from rookery_local.servers.api import Api
from rookery_local.servers.object_store import ObjectStore
from rookery_local.servers.postgres import Postgres
from rookery_local.servers.store_identities import S3Keys
from rookery_local.servers.tracking_server import TrackingServer, require_location
from rookery_local.stack.addresses import Addresses

PARTS = ("postgres", "object-store", "mlflow", "api")
"""The parts, in the order in which they become ready."""

Announce = Callable[[str, float], None]
"""Receives the name of each part that is ready, and the seconds it took."""


class Stack:
    """The parts of one state folder.

    Creating the object starts nothing. It also describes a stack that another process runs.
    """

    def __init__(
        self,
        home: Home,
        credentials: Credentials,
        addresses: Addresses,
        held: Collection[int] = (),
    ) -> None:
        """Prepares the parts; each with data of its own keeps the descriptors `held` open."""
        self.home = home
        self.addresses = addresses
        self.environment = child_environment(home.temporary, home.mark)
        self.catalog = CatalogSettings(directory=Path(addresses.specs) if addresses.specs else None)
        self.postgres = Postgres(
            home.part("postgres"),
            addresses.postgres,
            credentials.administrator,
            credentials.roles,
            home.log("postgres"),
            environment=self.environment,
            held=held,
        )
        self.object_store = ObjectStore(
            home.part("object-store"),
            S3Keys(credentials.s3_access_key, credentials.s3_secret_key),
            home.log("object-store"),
            ports=addresses.object_store,
            environment=self.environment,
            held=held,
        )
        self.tracking = TrackingServer(
            home.part("mlflow"),
            addresses.mlflow,
            database=self.postgres.settings(ROLE_MLFLOW),
            store=self.object_store.settings_of("mlflow"),
            bucket=self.object_store.bucket,
            log=home.log("mlflow"),
            environment=self.environment,
        )
        self.api = Api(
            home.part("api"),
            addresses.api,
            addresses.management,
            tracking=self.tracking.settings,
            catalog=self.catalog,
            log=home.log("api"),
            environment=self.environment,
            held=held,
        )

    @property
    def processes(self) -> tuple[Process, ...]:
        """The process of each part, in the order of `PARTS`."""
        return (
            self.postgres.process,
            self.object_store.process,
            self.tracking.process,
            self.api.process,
        )

    def start(self, announce: Announce) -> None:
        """Starts every part and waits until it is ready.

        Raises:
            Refused: a part cannot run in this place or as this user.
            Unavailable: a part is not ready in time; with the end of its log.
        """
        require_location(Path(sysconfig.get_path("purelib")))
        begun = time.monotonic()
        self.object_store.launch()
        self.postgres.start()
        roles = {role: self.postgres.settings(role).password for role in LOGIN_ROLES}
        bootstrap(self.postgres.admin, roles)
        announce("postgres", time.monotonic() - begun)
        self.object_store.await_ready()
        announce("object-store", time.monotonic() - begun)
        self.tracking.start()
        announce("mlflow", time.monotonic() - begun)
        self.api.launch()
        self.api.await_ready()
        announce("api", time.monotonic() - begun)

    def check(self) -> None:
        """Checks that every part runs.

        Raises:
            Unavailable: a part has ended; with the end of its log.
        """
        for process in self.processes:
            if not process.is_running:
                raise Unavailable(process.exit_report())

    def stop(self) -> None:
        """Stops every part; those that use other parts are stopped first."""
        postgres, object_store, tracking, api = self.processes
        stop_all([api, tracking])
        stop_all([object_store, postgres])
        self.object_store.stop()
