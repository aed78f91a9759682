"""The API as a process, as it serves users, on a free port of loopback."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from rookery_core.settings import TrackingSettings
from rookery_local.process.ports import free_ports
from tools.harness.polling import eventually


class ApiProcess:
    """`python -m rookery_api` with its own cache, polling fast; a context in which it runs."""

    module = "rookery_api"

    def __init__(
        self,
        folder: Path,
        tracking: TrackingSettings,
        specs: Path | None = None,
        **settings: object,
    ) -> None:
        self.port, self.management_port = free_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"api-{self.port}.log"
        given = {
            "port": self.port,
            "management_port": self.management_port,
            **({} if {"api_key", "keys"} & settings.keys() else {"access": "open"}),
            "cache_directory": folder / "cache",
            "poll_seconds": 0.2,
            "poll_backoff_seconds": 0.5,
            "history_seconds": 0.5,
            # The machine may be busy with other tests.
            "registry_timeout_seconds": 20,
            **settings,
        }
        self._environment = {
            **os.environ,
            **{f"ROOKERY_API_{name.upper()}": str(value) for name, value in given.items()},
            "ROOKERY_MLFLOW_URL": tracking.url,
            **({"ROOKERY_SPECS_DIRECTORY": str(specs)} if specs else {}),
        }
        self._process: subprocess.Popen[bytes] | None = None
        self.client = httpx.Client(base_url=self.url, timeout=30, trust_env=False)
        management = f"http://127.0.0.1:{self.management_port}"
        self.management = httpx.Client(base_url=management, timeout=30, trust_env=False)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
        self.client.close()
        self.management.close()

    def start(self, wait: bool = True) -> None:
        """Starts the process; with `wait`, it takes connections afterwards."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self.module], env=self._environment, stderr=log, stdout=log
            )
        if wait:
            eventually(self._answers, what=f"the API ({self.log})")

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            return self.client.get("/livez").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """Returns the process, which was started."""
        assert self._process is not None
        return self._process

    def kill(self) -> None:
        """Kills the process, without warning."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def terminate(self) -> int:
        """Sends SIGTERM, and returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def await_version(self, model: str, version: str) -> None:
        """Waits until the process serves that version."""
        eventually(
            lambda: self.served_version(model) == version, what=f"version {version} of {model}"
        )

    def served_version(self, model: str) -> str | None:
        """Returns the version that answers now; none of a model whose spec was not read yet."""
        card = self.client.get(f"/models/{model}")
        if card.status_code == httpx.codes.NOT_FOUND:
            return None
        champion = card.raise_for_status().json()["champion"]
        return champion and str(champion["version"])

    def card(self, model: str) -> dict[str, Any]:
        """Returns the model's card."""
        card: dict[str, Any] = self.client.get(f"/models/{model}").raise_for_status().json()
        return card

    def predict(self, model: str, row: Mapping[str, Any]) -> httpx.Response:
        """Asks for the prediction of one row."""
        return self.client.post(f"/predict/{model}", json=row)

    def metric(self, name: str, **labels: str) -> float:
        """Returns the value of a series; 0 where it does not exist."""
        wanted = {f'{key}="{value}"' for key, value in labels.items()}
        for line in self.management.get("/metrics").text.splitlines():
            head, _, value = line.rpartition(" ")
            series, _, rest = head.partition("{")
            if series == name and wanted <= set(rest.rstrip("}").split(",")):
                return float(value)
        return 0.0

    def events(self) -> list[dict[str, Any]]:
        """Returns the log so far; every line of it is JSON."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]
