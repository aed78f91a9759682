"""A namespace behind a small API server, and a small API behind an ingress."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.local.support.kubernetes_api import KUBECONFIG, ApiServer
from tests.unit.local.support.prediction_api import Api
from tools.harness.http_server import serving

from rookery_local.cluster.namespace import Namespace, connect


@pytest.fixture
def server() -> Iterator[ApiServer]:
    """A server that has no objects yet."""
    with serving(ApiServer()) as made:
        yield made


@pytest.fixture
def namespace(server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Namespace:
    """The namespace `ml` of the server, by a kubeconfig that names it."""
    path = tmp_path / "kubeconfig"
    path.write_text(KUBECONFIG.format(url=server.url))
    monkeypatch.setenv("KUBECONFIG", str(path))
    return connect()


@pytest.fixture
def api() -> Iterator[Api]:
    """An API in which every model has a champion."""
    with serving(Api()) as made:
        yield made
