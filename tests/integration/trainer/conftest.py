"""Fixtures of the trainer's tests on real servers."""

from collections.abc import Iterator
from contextlib import closing
from uuid import uuid4

import pytest
from mlflow import MlflowClient
from tests.integration.trainer.support.challengers import RegisteredModel
from tests.integration.trainer.support.disturbed_sweeps import Sweeps
from tests.integration.trainer.support.sweep_processes import Task, run
from tests.integration.trainer.support.tables import Tables

from rookery_core.manifest import Manifest
from rookery_local.servers.postgres import Postgres
from rookery_local.servers.tracking_server import TrackingServer
from rookery_trainer.tracking.client import connect


@pytest.fixture(scope="session")
def mlflow_client(tracking: TrackingServer) -> MlflowClient:
    """A client of the tracking server."""
    return connect(tracking.settings)


@pytest.fixture
def model(mlflow_client: MlflowClient, postgres: Postgres) -> Iterator[RegisteredModel]:
    """A model that is there for this test only."""
    name = f"t{uuid4().hex[:12]}"
    with closing(RegisteredModel(mlflow_client, postgres.settings("trainer"), name)) as model:
        yield model


@pytest.fixture(scope="session")
def sweeps(
    mlflow_client: MlflowClient,
    postgres: Postgres,
    tracking: TrackingServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Sweeps:
    """Runs sweeps, each of a new model."""
    return Sweeps(mlflow_client, postgres, tracking.settings, tmp_path_factory.mktemp("sweeps"))


@pytest.fixture(scope="session")
def first(sweeps: Sweeps) -> Task:
    """The task of a sweep that nothing disturbed."""
    task = sweeps.task()
    assert run(task) == 0, task.log.read_text()
    return task


@pytest.fixture(scope="session")
def undisturbed(sweeps: Sweeps, first: Task) -> Manifest:
    """The champion of a first sweep that nothing disturbed."""
    champion = sweeps.champion(first)
    assert champion is not None
    return champion


@pytest.fixture(scope="session")
def tables(postgres: Postgres, tracking: TrackingServer) -> Tables:
    """Ingests and trains."""
    return Tables(postgres, tracking)
