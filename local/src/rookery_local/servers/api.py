"""The API on loopback: the same program that runs in a cluster."""

import sys
from collections.abc import Collection, Mapping
from pathlib import Path

import httpx

from rookery_core.settings import CatalogSettings, TrackingSettings
from rookery_core.spec.catalog import spec_files
from rookery_local.process.child_process import Process
from rookery_local.process.ports import LOOPBACK
from rookery_local.process.settings_environment import environment_of

READY_SECONDS = 60
CHAMPION_SECONDS = 10
"""For each model more: champions are loaded one after the other, each read by a process of its own,
which takes up to 5 s on a busy machine."""
WORK = "work"
"""The working folder of the process. It is empty, so the process can read nothing by accident."""


class Api:
    """The API server; it has no credential of a database or of the object store."""

    def __init__(
        self,
        folder: Path,
        port: int,
        management_port: int,
        *,
        tracking: TrackingSettings,
        catalog: CatalogSettings,
        log: Path,
        environment: Mapping[str, str],
        held: Collection[int] = (),
    ) -> None:
        self.folder = folder
        self.url = f"http://{LOOPBACK}:{port}"
        self._ports = (port, management_port)
        self._specs = catalog.directory
        self.process = Process(
            "api",
            [sys.executable, "-m", "rookery_api"],
            environment={
                **environment,
                **environment_of(tracking),
                **environment_of(catalog),
                "ROOKERY_API_HOST": LOOPBACK,
                "ROOKERY_API_PORT": str(port),
                # Everybody on this machine may ask; MLflow beside it needs no login either.
                "ROOKERY_API_ACCESS": "open",
                "ROOKERY_API_MANAGEMENT_HOST": LOOPBACK,
                "ROOKERY_API_MANAGEMENT_PORT": str(management_port),
                "ROOKERY_API_CACHE_DIRECTORY": str(folder),
                # On one machine it costs little to look for a new champion every second.
                "ROOKERY_API_POLL_SECONDS": "1",
            },
            directory=folder / WORK,
            log=log,
            held=held,
        )

    def launch(self) -> None:
        """Starts the server without waiting for it."""
        (self.folder / WORK).mkdir(parents=True, exist_ok=True)
        self.process.start()

    def await_ready(self) -> None:
        """Waits until the server has read the registry and serves every champion.

        Another server that answers at its address is not it.

        Raises:
            Unavailable: it is not ready in time; with the end of its log.
        """
        with httpx.Client(base_url=self.url, timeout=5, trust_env=False) as client:
            self.process.wait_ready(
                lambda: _is_ready(client) and all(map(self.process.listens_on, self._ports)),
                ready_seconds(self._specs),
            )


def ready_seconds(specs: Path | None) -> int:
    """Returns how long the server may take with the models of that folder, and the shipped ones."""
    return READY_SECONDS + CHAMPION_SECONDS * (len(spec_files(specs)) if specs else 0)


def _is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
