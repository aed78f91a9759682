"""What the trainer waits for while an installation is under way."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from mlflow import MlflowClient
from pydantic import SecretStr
from tools.harness.http_server import serving

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED
from rookery_core.errors import Unavailable
from rookery_core.spec.catalog import load_catalog
from rookery_core.waiting import Wait
from rookery_local.process.ports import free_ports
from rookery_local.servers.postgres import Postgres
from rookery_trainer.data.batch import NoData, await_batch
from rookery_trainer.tracking.client import await_tracking


@pytest.mark.parametrize(
    ("role", "changes", "database", "said"),
    [
        ("trainer", {"port": free_ports(1)[0]}, PROCESSED, "Connection refused"),
        ("trainer", {"host": "no-such-host.invalid"}, PROCESSED, "could not translate host name"),
        ("trainer", {"password": SecretStr("old")}, PROCESSED, "password authentication failed"),
        ("trainer", {"user": "nobody"}, PROCESSED, "password authentication failed"),
        ("trainer", {}, "no_such_database", 'database "no_such_database" does not exist'),
        ("trainer", {}, "mlflow_db", 'permission denied for database "mlflow_db"'),
        ("postgres", {}, "mlflow_db", 'relation "processed.batches" does not exist'),
    ],
)
def test_a_database_that_is_not_there_yet_is_no_data_yet(
    postgres: Postgres, role: str, changes: dict[str, object], database: str, said: str
) -> None:
    settings = postgres.settings(role).model_copy(update=changes)

    with pytest.raises(NoData, match=said):
        await_batch(engine(settings, database), load_catalog()["sex"], Wait(0))


@pytest.fixture(autouse=True)
def quick_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """MLflow's client repeats a request once, at once."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", "0")


@pytest.fixture
def starting() -> Iterator[str]:
    """The address of a server that answers 503 at first, as what stands before MLflow may."""
    with serving(HTTPServer(("127.0.0.1", 0), _Starting)) as server:
        yield f"http://127.0.0.1:{server.server_port}"


def test_a_tracking_server_that_is_starting_is_waited_for(starting: str) -> None:
    await_tracking(MlflowClient(starting), Wait(30, 0.01))

    assert _Starting.left == 0


def test_a_tracking_server_that_never_comes_is_unavailable() -> None:
    (port,) = free_ports(1)

    with pytest.raises(Unavailable, match="is it up"):
        await_tracking(MlflowClient(f"http://127.0.0.1:{port}"), Wait(0))


class _Starting(BaseHTTPRequestHandler):
    left = 5
    """How many more requests are refused."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer()

    def _answer(self) -> None:
        status, body = (503, b"not yet") if _Starting.left else (200, b"{}")
        _Starting.left = max(0, _Starting.left - 1)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing."""
