"""The launcher, built once from its source, and programs that run under it."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.launcher.volume import Volume
from tools.airgap import golang
from tools.cache import Cache
from tools.checkout import ROOT

ALONE = {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly", "GOPROXY": "off", "GOTOOLCHAIN": "local"}
"""Nothing is fetched for it."""
SOURCE = ROOT / "images" / "launcher"


@pytest.fixture(scope="session")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, as the image has it; the Go that builds it is the machine's or a package's."""
    folder = tmp_path_factory.mktemp("launcher")
    kept = Cache.of("airgap")
    with kept.locked():
        go = golang.tool(kept, folder / "log")
    program = folder / "launcher"
    subprocess.run(
        [go, "build", "-trimpath", "-buildvcs=false", "-o", program, "."],
        cwd=SOURCE,
        env={**os.environ, **ALONE},
        check=True,
    )
    return program


@pytest.fixture
def volume(launcher: Path, tmp_path: Path) -> Iterator[Volume]:
    """An empty volume; what was started on it has ended afterwards."""
    made = Volume(launcher, tmp_path / "volume")
    made.folder.mkdir()
    yield made
    made.end()
