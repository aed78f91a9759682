"""A tracking server for a measurement: MLflow on SQLite and a folder costs little beside it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rookery_core.settings import TrackingSettings
from rookery_local.process.ports import free_ports
from tools.harness.polling import answers, eventually

START_SECONDS = 300


@contextmanager
def tracking_server(folder: Path) -> Iterator[TrackingSettings]:
    """Runs the server within the block; gives its settings."""
    port = free_ports(1)[0]
    settings = TrackingSettings(url=f"http://127.0.0.1:{port}")
    with (folder / "mlflow.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "mlflow", "server", "--workers", "1"),
                *("--host", "127.0.0.1", "--port", str(port)),
                *("--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}"),
                *("--artifacts-destination", str(folder / "artifacts")),
            ],
            env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
            stdout=log,
            stderr=log,
        )

    def ready() -> bool:
        assert process.poll() is None, f"MLflow ended; see {log.name}"
        return answers(f"{settings.url}/health")

    try:
        eventually(ready, START_SECONDS, f"MLflow ({log.name})")
        yield settings
    finally:
        process.terminate()
        process.wait(timeout=60)
