"""Whoever writes to MLflow may name any address for artifacts; the trainer does not go there."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from tools.harness.http_server import serving

from rookery_core.errors import Refused
from rookery_core.settings import TrackingSettings
from rookery_core.spec.catalog import load_catalog
from rookery_core.waiting import Wait
from rookery_trainer.tracking.artifacts import Artifacts
from rookery_trainer.tracking.client import Retrying, connect
from rookery_trainer.tracking.runs import Runs

ELSEWHERE = "s3://elsewhere/3"
"""MLflow's own server refuses addresses of other hosts since 3.17; this one it takes."""


class Elsewhere(BaseHTTPRequestHandler):
    """Keeps what it is asked; redirects where it was made to."""

    asked: list[str]
    location = ""

    def do_GET(self) -> None:
        """Leads elsewhere, or says that all is well."""
        self.asked.append(f"{self.command} {self.path}")
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(307 if self.location else 200)
        if self.location:
            self.send_header("Location", self.location)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_POST = do_GET  # noqa: N815 (the base's name)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


@pytest.fixture
def elsewhere() -> Iterator[tuple[int, list[str]]]:
    """The port of a server that is not the tracking server, and what it was asked."""
    asked: list[str] = []
    handler = type("Bound", (Elsewhere,), {"asked": asked})
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as server:
        yield server.server_port, asked


def test_an_experiment_whose_artifacts_lie_elsewhere_is_refused(
    mlflow_client: MlflowClient,
) -> None:
    name = f"t{uuid4().hex[:12]}"
    mlflow_client.create_experiment(name, artifact_location=ELSEWHERE)
    spec = load_catalog()["sex"].model_copy(update={"name": name})

    with pytest.raises(Refused, match="which is not passed on by the tracking server"):
        Runs(mlflow_client, Retrying(Wait(0)), spec)


def test_a_bundle_is_not_fetched_from_elsewhere(
    mlflow_client: MlflowClient, tmp_path: Path
) -> None:
    name = f"t{uuid4().hex[:12]}"
    experiment = mlflow_client.create_experiment(name, artifact_location=ELSEWHERE)
    run = mlflow_client.create_run(experiment).info.run_id

    with pytest.raises(Refused, match=f"the artifacts of run {run} lie at"):
        Artifacts(mlflow_client, Retrying(Wait(0))).get_bundle(run, tmp_path)


def test_no_redirect_of_the_tracking_server_is_followed(
    elsewhere: tuple[int, list[str]], mlflow_client: MlflowClient
) -> None:
    port, asked = elsewhere
    there: list[str] = []
    members = {"asked": there, "location": f"http://127.0.0.1:{port}/"}
    handler = type("Leading", (Elsewhere,), members)
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as server:
        client = connect(TrackingSettings(url=f"http://127.0.0.1:{server.server_port}"))
        try:
            with pytest.raises(MlflowException, match="INTERNAL_ERROR"):
                client.search_experiments(max_results=1)
        finally:
            connect(TrackingSettings(url=mlflow_client.tracking_uri))

    assert there
    assert asked == []
