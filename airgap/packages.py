"""Debian packages of the host: installed where missing, and remembered so that they can go."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from airgap.commands import environment, found, logged, output
from airgap.failure import AirgapError

CALM = {"DEBIAN_FRONTEND": "noninteractive"}
REMEMBERED = "packages.txt"
POLICY = Path("/usr/sbin/policy-rc.d")


def ensure(programs: Mapping[str, str], root: Path, log: Path) -> None:
    """The machine has these programs (program: package); what was new is remembered in `root`.

    No service of a package was started: the engine here has its own data root.
    """
    packages = sorted({package for program, package in programs.items() if not found(program)})
    if not packages:
        return
    if not found("apt-get") or os.geteuid() != 0:
        raise AirgapError(f"this needs {' '.join(packages)}: install them, or run it as root")
    before = _installed()
    logged(["apt-get", "update", "-q"], log)
    with _no_services(), environment(CALM):
        logged(["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages], log)
    remembered = root / REMEMBERED
    known = set(remembered.read_text().split()) if remembered.exists() else set()
    root.mkdir(parents=True, exist_ok=True)
    remembered.write_text("\n".join(sorted(known | (_installed() - before))) + "\n")


def purge(root: Path, log: Path) -> None:
    """What `ensure` added is gone."""
    remembered = root / REMEMBERED
    if remembered.exists() and (names := remembered.read_text().split()):
        with environment(CALM):
            logged(["apt-get", "purge", "-q", "-y", *names], log)
        remembered.unlink()


@contextmanager
def _no_services() -> Iterator[None]:
    """A package that starts its service by itself is refused."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


def _installed() -> set[str]:
    shown = output("dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n")
    return {line.split()[1] for line in shown.splitlines() if line.startswith("installed ")}
