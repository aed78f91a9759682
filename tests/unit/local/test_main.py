"""The program `rookery` in a shell that has settings for other programs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rookery_local.folder.home import Home
from rookery_local.folder.lock import FolderLock


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


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("bad.yaml", "name: [", "bad.yaml is not YAML that can be read"),
        ("bad.yml", "name: bad\ntrials: 5\ntrials: 6", "'trials' stands there twice"),
        ("sex.yaml", "name: sex\ntirals: 5", "tirals: Extra inputs are not permitted"),
        ("No Model.yaml", "[]", "No Model.yaml is not a model spec"),
    ],
)
def test_a_wrong_spec_is_told_before_anything_starts(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    specs, home = tmp_path / "specs", Home(tmp_path / "state")
    specs.mkdir()
    (specs / name).write_text(text)
    home.make()
    held = FolderLock(home.lock)
    assert held.take()

    done = rookery(tmp_path, "--home", str(home.root), "--specs", str(specs), "up")

    # The folder is in use, so nothing was started.
    assert done.returncode == 42
    told, *_start = done.stdout.splitlines()
    assert told.startswith("Left out: ")
    assert said in told
