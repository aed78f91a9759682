"""A Docker client that builds with BuildKit: the Dockerfiles here mount secrets and caches."""

import shutil
from collections.abc import Iterator
from functools import cache

from tools.commands import output, succeeds
from tools.failure import ToolError

DEBIANS = "/usr/bin/docker"
# From 23 on BuildKit is a plugin, which may be missing; earlier clients have it built in.
FIRST_WITHOUT = 23


@cache
def client() -> str:
    """Returns the machine's own client if it has BuildKit, otherwise that of Debian's package."""
    for path in _candidates():
        if builds(output(path, "--version")) or succeeds(path, "buildx", "version"):
            return path
    raise ToolError(
        "this Docker client has no BuildKit: install its buildx plugin (docker-buildx-plugin)"
    )


def builds(told: str) -> bool:
    """Tells whether a client that says `Docker version 20.10.24, build ...` has BuildKit itself."""
    major = told.removeprefix("Docker version ").partition(".")[0]
    return major.isdigit() and int(major) < FIRST_WITHOUT


def _candidates() -> Iterator[str]:
    first = shutil.which("docker")
    if first is not None:
        yield first
    if first != DEBIANS and shutil.which(DEBIANS):
        yield DEBIANS
