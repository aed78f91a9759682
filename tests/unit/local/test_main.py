"""The program `rookery` in a shell that has settings for other programs."""

import os
import subprocess
import sys
from pathlib import Path


def rookery(folder: Path, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Runs the command in a folder, with variables beside those of this process."""
    return subprocess.run(
        [sys.executable, "-m", "rookery_local", *arguments],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_packages_of_pythonpath_are_not_imported(tmp_path: Path) -> None:
    for package in ("yaml", "pydantic", "typer", "rookery_core"):
        (tmp_path / f"{package}.py").write_text("raise ImportError('of another program')")

    done = rookery(tmp_path, "--help", PYTHONPATH=str(tmp_path))

    assert done.returncode == 0, done.stderr
    assert "Usage: rookery [OPTIONS]" in done.stdout


def test_the_command_line_and_the_exit_code_are_kept(tmp_path: Path) -> None:
    done = rookery(tmp_path, "--home", "a folder", "status", PYTHONOPTIMIZE="2", PYTHONPATH="")

    assert done.returncode == 3, done.stderr
    assert f"no stack is up in {tmp_path / 'a folder'}" in done.stdout


def test_a_folder_that_was_removed_is_told(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    program = f"rmdir {gone} && exec {sys.executable} -m rookery_local status"

    done = subprocess.run(
        ["sh", "-c", program], cwd=gone, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 42, done.stderr
    assert done.stderr.startswith("rookery: the folder that you are in was removed; change to")
