"""What the API's tests share: bundles, a catalog folder of their own, the API as a process."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest
from mlflow import MlflowClient
from tests.integration.api.support.fixture_types import NewModel, StartApi
from tests.integration.api.support.flock import Flock, serve_flock
from tools.harness.api_process import ApiProcess
from tools.harness.bundles import RegisteredModel
from tools.harness.specs import shipped, write_spec

from rookery_local.servers.tracking_server import TrackingServer


@pytest.fixture(scope="session")
def client(tracking: TrackingServer) -> MlflowClient:
    """A client of the tracking server."""
    return MlflowClient(tracking_uri=tracking.settings.url)


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of specs."""
    return tmp_path_factory.mktemp("specs")


@pytest.fixture(scope="module")
def new_model(client: MlflowClient, specs: Path) -> NewModel:
    """Makes a model of its own after a shipped one, its spec in the folder."""

    def make_model(like: str) -> RegisteredModel:
        spec = shipped(like).model_copy(update={"name": f"t{uuid4().hex[:12]}"})
        write_spec(specs, spec)
        return RegisteredModel(client, spec)

    return make_model


@pytest.fixture(scope="module")
def start_api(
    tracking: TrackingServer, specs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StartApi]:
    """Starts API processes on the folder of specs; they are gone when the module ends."""
    with ExitStack() as stack:

        def start(**settings: object) -> ApiProcess:
            folder = tmp_path_factory.mktemp("api")
            return stack.enter_context(ApiProcess(folder, tracking.settings, specs, **settings))

        yield start


@pytest.fixture(scope="module")
def flock(
    client: MlflowClient,
    specs: Path,
    start_api: StartApi,
    tmp_path_factory: pytest.TempPathFactory,
) -> Flock:
    """A served model, and the document of which clients are made."""
    return serve_flock(client, specs, start_api, tmp_path_factory.mktemp("flock"))
