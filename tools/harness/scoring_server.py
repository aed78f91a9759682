"""`mlflow models serve`: the reference of the scoring protocol."""

import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import mlflow.sklearn

from rookery_local.process.ports import free_ports
from rookery_trainer.estimators import ESTIMATORS
from rookery_trainer.tracking.logged_models import signature
from tools.harness.bundles import FittedBundle
from tools.harness.polling import eventually

START_SECONDS = 120


@dataclass(frozen=True)
class ScoringServer:
    """A running server, and how long it took to answer for the first time."""

    client: httpx.Client
    port: int
    pid: int
    start_seconds: float


def save(made: FittedBundle, path: Path) -> None:
    """Saves the MLflow model of the bundle's pipeline, as the trainer logs it."""
    with warnings.catch_warnings():
        # MLflow's own modules warn about their own type hints when they are first imported.
        warnings.filterwarnings("ignore", ".*Any type hint", UserWarning)
        mlflow.sklearn.save_model(
            made.pipeline,
            str(path),
            serialization_format=mlflow.sklearn.SERIALIZATION_FORMAT_SKOPS,
            signature=signature(made.spec),
            pip_requirements=["mlflow"],
            skops_trusted_types=list(ESTIMATORS[made.spec.estimator].trusted_types),
        )


@contextmanager
def serve(made: FittedBundle, folder: Path, body: bytes) -> Iterator[ScoringServer]:
    """Runs MLflow's server of the bundle's pipeline within the block, once it answers `body`."""
    path = folder / "mlflow-model"
    save(made, path)
    with serve_logged(str(path), (folder / "none").as_uri(), folder, body) as server:
        yield server


@contextmanager
def serve_logged(uri: str, tracking: str, folder: Path, body: bytes) -> Iterator[ScoringServer]:
    """Runs MLflow's server of a logged model within the block, once it answers `body`.

    Args:
        uri: the model's address, which the server resolves at the tracking server `tracking`.
        folder: for its log.
    """
    port = free_ports(1)[0]
    begun = time.perf_counter()
    with (folder / "scoring.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "mlflow", "models", "serve", "--env-manager", "local"),
                *("--model-uri", uri, "--host", "127.0.0.1", "--port", str(port)),
            ],
            env={
                **os.environ,
                # It starts uvicorn by its name.
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "MLFLOW_TRACKING_URI": tracking,
            },
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    headers = {"Content-Type": "application/json"}
    url = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False) as client:

        def ready() -> bool:
            assert process.poll() is None, (folder / "scoring.log").read_text()[-2000:]
            return _answers(client, body)

        try:
            eventually(ready, START_SECONDS, "mlflow models serve")
            yield ScoringServer(client, port, process.pid, time.perf_counter() - begun)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)


def _answers(client: httpx.Client, body: bytes) -> bool:
    try:
        return client.post("/invocations", content=body).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
