"""One background stack for the tests of this folder, up again for each that wants it."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.integration.local.support.command import Rookery

from rookery_local.folder.home import Home
from rookery_local.process.ports import LOOPBACK

EXAMPLES = Path(__file__).parents[3] / "examples"
SMALL: dict[str, Any] = {"name": "small", "trials": 4, "folds": 2, "gate": {"policy": "always"}}
"""How the model `small` differs from the example: a quick sweep that is always promoted."""


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rookery]:
    """A state folder with the example's spec and `small`; its stack is up if a test wants it."""
    folder = tmp_path_factory.mktemp("stack")
    specs = folder / "specs"
    shutil.copytree(EXAMPLES, specs)
    wine = yaml.safe_load((specs / "wine.yaml").read_text())
    (specs / "small.yaml").write_text(yaml.safe_dump({**wine, **SMALL}))
    rookery = Rookery(Home(folder / "state"), specs)
    yield rookery
    # Somebody's open connection, where the stack is up, does not hold up its end.
    if rookery.is_gone:
        return
    with socket.create_connection((LOOPBACK, rookery.ports[0])):
        rookery.run("down")
    assert rookery.is_gone


@pytest.fixture
def rookery(stack: Rookery) -> Rookery:
    """The stack, up."""
    if stack.is_gone:
        stack.run("up")
    return stack
