"""Debian packages of the host: installed where missing, and remembered so that they can go."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tools.commands import environment, found, logged, output
from tools.failure import ToolError

CALM = {"DEBIAN_FRONTEND": "noninteractive"}
INSTALL = ("apt-get", "install", "-q", "-y", "--no-install-recommends")
REMEMBERED = "packages.txt"
ADDED = re.compile(r"^Inst (\S+) \(", re.MULTILINE)
POLICY = Path("/usr/sbin/policy-rc.d")


def ensure(programs: Mapping[str, str], root: Path, log: Path) -> None:
    """Installs the packages of missing programs (program: package); `root` remembers the new ones.

    No service of a package is started: the engine here has its own data root.
    """
    packages = sorted({package for program, package in programs.items() if not found(program)})
    if not packages:
        return
    if not found("apt-get") or os.geteuid() != 0:
        raise ToolError(f"this needs {' '.join(packages)}: install them, or run it as root")
    logged(["apt-get", "update", "-q"], log)
    with _no_services(), environment(CALM):
        # Before they are installed: those of a run that is killed meanwhile can be removed, too.
        remember(root, new(output(*INSTALL, "--simulate", *packages)))
        logged([*INSTALL, *packages], log)


def purge(root: Path, log: Path) -> None:
    """Removes what `ensure` added."""
    if names := remembered(root):
        with environment(CALM):
            logged(["apt-get", "purge", "-q", "-y", *names], log)
        (root / REMEMBERED).unlink()


def new(simulated: str) -> list[str]:
    """Returns the packages that apt's simulation of an installation adds; upgrades are not new."""
    return ADDED.findall(simulated)


def remember(root: Path, names: Iterable[str]) -> None:
    """Adds these packages to those that are ours."""
    root.mkdir(parents=True, exist_ok=True)
    (root / REMEMBERED).write_text("\n".join(sorted({*remembered(root), *names})) + "\n")


def remembered(root: Path) -> list[str]:
    """Returns the packages that are ours."""
    file = root / REMEMBERED
    return file.read_text().split() if file.exists() else []


@contextmanager
def _no_services() -> Iterator[None]:
    """Forbids packages to start their services within the block."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()
