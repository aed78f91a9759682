"""A port that another program takes after a starting stack has chosen it."""

import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from tests.integration.local.support.command import Rookery, ended_rookery
from tools.harness.polling import eventually

from rookery_local.folder.home import Home
from rookery_local.process.ports import LOOPBACK
from rookery_local.stack import addresses

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


def chosen(rookery: Rookery) -> addresses.Addresses:
    found = addresses.load(rookery.home.addresses)
    assert found is not None
    return found


def started(rookery: Rookery, *ports: str) -> "subprocess.Popen[str]":
    """Starts a stack on ports of its own choice, but for those that are given."""
    program = [sys.executable, "-m", "rookery_local", "--home", str(rookery.home.root)]
    return subprocess.Popen(
        [*program, "up", *ports], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


@pytest.mark.parametrize("part", ["mlflow", "api", "management"])
def test_a_stack_starts_on_other_ports_where_another_program_took_one_first(
    rookery: Rookery, part: str
) -> None:
    up = started(rookery)
    eventually(rookery.home.addresses.exists, SECONDS)
    port = getattr(chosen(rookery), part)
    with HTTPServer((LOOPBACK, port), _Anything) as thief:
        serving = Thread(target=thief.serve_forever, args=(0.05,))
        serving.start()

        printed, _ = up.communicate(timeout=SECONDS)

        assert up.returncode == 0, printed
        assert port not in chosen(rookery).ports
        assert "does not answer" not in rookery.run("status")
        found = chosen(rookery)
        for url in (f"{found.mlflow_url}/version", f"{found.api_url}/models"):
            assert SAYS not in httpx.get(url, trust_env=False).content
        thief.shutdown()
        serving.join()


def test_a_port_that_was_asked_for_and_that_another_program_took_first_is_refused(
    rookery: Rookery,
) -> None:
    up = started(rookery, "--mlflow-port", str(rookery.ports[1]))
    eventually(rookery.home.addresses.exists, SECONDS)
    with HTTPServer((LOOPBACK, rookery.ports[1]), _Anything) as thief:
        serving = Thread(target=thief.serve_forever, args=(0.05,))
        serving.start()

        printed, _ = up.communicate(timeout=SECONDS)

        thief.shutdown()
        serving.join()
    assert up.returncode == 42, printed
    assert f"port {rookery.ports[1]}, wanted for MLflow, is in use" in printed


def test_two_stacks_that_start_at_once_share_nothing(rookery: Rookery, tmp_path: Path) -> None:
    second = Rookery(Home(tmp_path / "second"))
    both = (rookery, second)

    ups = [started(each) for each in both]

    ends = [(*up.communicate(timeout=SECONDS), up.returncode) for up in ups]
    try:
        assert [code for *_, code in ends] == [0, 0], ends
        assert not chosen(rookery).ports & chosen(second).ports
        for each in both:
            assert "does not answer" not in each.run("status")
    finally:
        second.run("down")
    assert second.is_gone
