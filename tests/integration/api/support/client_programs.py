"""The programs that make, check and run clients, of `.venv/clients` and of the machine."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(sys.prefix) / "clients"
MODULES = HOME / "node_modules"
FOLDERS = (HOME / "bin", MODULES / ".bin")
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
"""Redocly would report its use, and look for a newer Redocly."""


def run(*command: str, folder: Path) -> str:
    """Returns what a program of `.venv/clients` prints; fails with all of it where it fails."""
    if not MODULES.is_dir():
        pytest.fail("no programs for clients: run `make .venv/clients`")
    path = os.pathsep.join([*map(str, FOLDERS), os.environ["PATH"]])
    program = shutil.which(command[0], path=path)
    assert program is not None, f"{command[0]} is not on {path}"
    done = subprocess.run(
        [program, *command[1:]],
        cwd=folder,
        env={**os.environ, **QUIET, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def need_java(program: str, package: str) -> None:
    """Skips the test where the machine has not this program, and fails it where CI=true."""
    if shutil.which(program) is None:
        remedy = f"no {program}: run `tests/install-programs.sh {package}`"
        if os.environ.get("CI") == "true":
            pytest.fail(remedy)
        pytest.skip(remedy)
