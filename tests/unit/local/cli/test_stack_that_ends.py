"""Commands of a stack of which a part dies while they ask it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pandas as pd
import pytest
from tools.harness.http_server import serving

from rookery import ServedModel, Unavailable
from rookery_core.spec.catalog import load_catalog
from rookery_local.folder import credentials
from rookery_local.folder.claim import claim
from rookery_local.folder.home import Home
from rookery_local.folder.lock import FolderLock
from rookery_local.process.ports import LOOPBACK
from rookery_local.stack import addresses
from rookery_local.stack.addresses import Addresses


class DyingPart(HTTPServer):
    """A server that dies of the first connection, as its supervisor notices."""

    def __init__(self, home: Home, lock: FolderLock) -> None:
        super().__init__((LOOPBACK, 0), BaseHTTPRequestHandler)
        self._home, self._lock = home, lock

    def verify_request(self, *_: object) -> bool:
        """Notes its end, and lets nobody in."""
        self._home.exit_report.write_text("mlflow was killed by SIGKILL")
        self._lock.sign(is_ending=True)
        return False


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Home]:
    """The folder of a stack whose parts die."""
    home = Home(tmp_path / "state")
    with closing(claim(home, "rookery up")) as lock, serving(DyingPart(home, lock)) as part:
        home.prepare()
        credentials.load_or_make(home.credentials, home.part("postgres"))
        every = Addresses(
            api=part.server_port,
            management=part.server_port,
            mlflow=part.server_port,
            postgres=part.server_port,
            object_store=(part.server_port,) * 10,
        )
        addresses.save(home.addresses, every)
        lock.sign(is_up=True)
        yield home


@pytest.mark.parametrize(
    "command",
    ["predict species", "quarantine species", "rollback species", "ingest species"],
)
def test_a_command_names_the_part_that_died(stack: Home, command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rookery_local", "--home", str(stack.root), *command.split()],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 1, done.stdout + done.stderr
    assert "the stack has ended: mlflow was killed by SIGKILL\n" in done.stderr
    assert "`rookery up` starts it again" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_model_in_python_names_the_part_that_died(stack: Home) -> None:
    spec = load_catalog().spec("species")
    known = addresses.load(stack.addresses)
    assert known is not None
    model = ServedModel(spec, known.api_url, stack)

    with pytest.raises(Unavailable, match="the stack has ended: mlflow was killed by SIGKILL"):
        model.predict(pd.DataFrame())
