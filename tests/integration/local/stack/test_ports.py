"""A port that another program takes after a starting stack has chosen it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from tests.integration.local.support.command import Rookery, ended_rookery
from tools.harness.polling import eventually

from rookery_local.process.ports import LOOPBACK
from rookery_local.stack import addresses

pytestmark = pytest.mark.timeout(1800)
SECONDS = 300
"""How long a start may take on a busy machine."""
SAYS = b'{"experiments": []}'


class _Anything(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Says that all is well, as MLflow and the API do when they are ready."""
        self.do_POST()

    def do_POST(self) -> None:
        """Says so as well."""
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.send_response(200)
        self.send_header("Content-Length", str(len(SAYS)))
        self.end_headers()
        self.wfile.write(SAYS)

    def log_message(self, *_: object) -> None:
        """Logs nothing."""


@pytest.fixture
def rookery(tmp_path: Path) -> Iterator[Rookery]:
    """A state folder for this test; in the end nothing of its stack runs."""
    with ended_rookery(tmp_path) as made:
        yield made


@contextmanager
def thief(port: int) -> Iterator[None]:
    """A program that answers on the port."""
    with HTTPServer((LOOPBACK, port), _Anything) as server:
        serving = Thread(target=server.serve_forever, args=(0.05,))
        serving.start()
        try:
            yield
        finally:
            server.shutdown()
            serving.join()


def chosen(rookery: Rookery) -> addresses.Addresses:
    found = addresses.load(rookery.home.addresses)
    assert found is not None
    return found


def has_chosen_without(rookery: Rookery, ports: list[int]) -> bool:
    """Says whether a start has chosen its ports, and none of these."""
    return rookery.home.addresses.exists() and chosen(rookery).ports.isdisjoint(ports)


def test_a_stack_starts_on_other_ports_as_often_as_another_program_takes_one_first(
    rookery: Rookery,
) -> None:
    up = rookery.up()
    stolen: list[int] = []
    with ExitStack() as thieves:
        # Each start gets as far as the part whose port was taken; the fourth one is the last.
        for part in ("mlflow", "management", "api"):
            eventually(lambda: has_chosen_without(rookery, stolen), SECONDS)
            stolen.append(getattr(chosen(rookery), part))
            thieves.enter_context(thief(stolen[-1]))

        printed, _ = up.communicate(timeout=SECONDS)

        assert up.returncode == 0, printed
        assert chosen(rookery).ports.isdisjoint(stolen)
        assert "does not answer" not in rookery.run("status")
        found = chosen(rookery)
        for url in (f"{found.mlflow_url}/version", f"{found.api_url}/models"):
            assert SAYS not in httpx.get(url, trust_env=False).content


def test_a_port_that_was_asked_for_and_that_another_program_took_first_is_refused(
    rookery: Rookery,
) -> None:
    up = rookery.up("--mlflow-port", str(rookery.ports[1]))
    eventually(rookery.home.addresses.exists, SECONDS)
    with thief(rookery.ports[1]):
        printed, _ = up.communicate(timeout=SECONDS)
    assert up.returncode == 42, printed
    assert f"port {rookery.ports[1]}, wanted for MLflow, is in use" in printed
