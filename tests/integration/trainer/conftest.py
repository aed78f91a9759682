"""A desk: where a test makes and promotes candidates of its own model."""

from collections.abc import Iterator
from contextlib import closing
from uuid import uuid4

import pytest
from mlflow import MlflowClient
from tests.integration.trainer.candidates import Desk
from tests.integration.trainer.disturbed_sweeps import Field
from tests.integration.trainer.sweepers import Task, run

from rookery_core.manifest import Manifest
from rookery_local.postgres import Postgres
from rookery_local.tracking import Tracking
from rookery_trainer.tracking import connect


@pytest.fixture(scope="session")
def mlflow_client(tracking: Tracking) -> MlflowClient:
    """A client of the tracking server."""
    return connect(tracking.settings)


@pytest.fixture
def desk(mlflow_client: MlflowClient, postgres: Postgres) -> Iterator[Desk]:
    """The desk of a model that is there for this test only."""
    model = f"t{uuid4().hex[:12]}"
    with closing(Desk(mlflow_client, postgres.settings("trainer"), model)) as desk:
        yield desk


@pytest.fixture(scope="session")
def field(
    mlflow_client: MlflowClient,
    postgres: Postgres,
    tracking: Tracking,
    tmp_path_factory: pytest.TempPathFactory,
) -> Field:
    """Where sweeps are run."""
    return Field(mlflow_client, postgres, tracking.settings, tmp_path_factory.mktemp("sweeps"))


@pytest.fixture(scope="session")
def first(field: Field) -> Task:
    """The task of a sweep that nothing disturbed."""
    task = field.task()
    assert run(task) == 0, task.log.read_text()
    return task


@pytest.fixture(scope="session")
def undisturbed(field: Field, first: Task) -> Manifest:
    """The champion of a first sweep that nothing disturbed."""
    champion = field.champion(first)
    assert champion is not None
    return champion
