"""The readiness probe, against a server that keeps what it was asked."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from tools.harness.http_server import serving

from rookery_core.errors import Unavailable
from rookery_mlflow.ready import PATH, ask


class Server(HTTPServer):
    """Answers every question with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status = 200
        self.asked: list[tuple[str, str | None, str | None]] = []


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        said = (self.path, self.headers["Host"], self.headers["Authorization"])
        self.server.asked.append(said)
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(b"the database is away")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base class has it
        """Nothing is written."""


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server()) as made:
        yield made


def test_asks_under_a_name_that_the_server_knows(server: Server) -> None:
    ask({}, server.server_port)

    assert server.asked == [(PATH, f"127.0.0.1:{server.server_port}", None)]


def test_asks_as_the_user_of_the_environment(server: Server) -> None:
    credentials = {"MLFLOW_TRACKING_USERNAME": "api", "MLFLOW_TRACKING_PASSWORD": "penguin"}

    ask(credentials, server.server_port)

    assert server.asked[0][2] == "Basic YXBpOnBlbmd1aW4="


@pytest.mark.parametrize("status", [401, 403, 503])
def test_any_other_answer_is_not_ready(server: Server, status: int) -> None:
    server.status = status

    with pytest.raises(Unavailable, match=f"{status}: the database is away"):
        ask({}, server.server_port)


def test_no_answer_is_not_ready() -> None:
    with HTTPServer(("127.0.0.1", 0), Handler) as closed:
        port = closed.server_port

    with pytest.raises(Unavailable, match="does not answer"):
        ask({}, port)
