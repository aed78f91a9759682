"""How the notebook's image starts."""

import subprocess
from pathlib import Path

import pytest
from tools.checkout import ROOT

START = ROOT / "images" / "notebook" / "start.sh"


def start(folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """The script with small programs in the place of those of the image."""
    for name in ("cp", "jupyter"):
        (folder / name).write_text(f'#!/bin/sh\necho "{name} $1"\n')
        (folder / name).chmod(0o755)
    environment = {"PATH": f"{folder}:/usr/bin:/bin", "HOME": str(folder), **variables}
    return subprocess.run(
        ["sh", START], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("token", [{}, *({"JUPYTER_TOKEN": blank} for blank in ("", " ", "\t \n"))])
def test_a_token_that_would_keep_nobody_out_is_refused(
    tmp_path: Path, token: dict[str, str]
) -> None:
    done = start(tmp_path, **token)

    assert (done.returncode, done.stdout) == (42, "")
    assert "JUPYTER_TOKEN is missing or blank" in done.stderr


@pytest.mark.parametrize("token", ["a-token", " a token "])
def test_with_a_token_jupyter_starts(tmp_path: Path, token: str) -> None:
    done = start(tmp_path, JUPYTER_TOKEN=token)

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "jupyter lab"
