"""Line ends of a clone, on a machine where git changes those of texts."""

import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
FILES = {
    "table.csv": b"a,b\n1,2\n",
    "other-table.csv": b"a,b\r\n1,2\r\n",
    "start.sh": b"#!/bin/sh\nset -e\n",
    "spec.yaml": b"name: wine\n",
    "page.js": b"'use strict';\n",
    "picture.png": b"\x89PNG\r\n\x1a\n\x00\n",
}


def git(folder: Path, *arguments: str) -> None:
    """Runs git as nobody in particular, with no settings but those that are given."""
    who = ("-c", "user.name=a person", "-c", "user.email=person@example.org")
    subprocess.run(
        ["git", *who, *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"},
        timeout=60,
    )


@pytest.mark.parametrize("setting", ["core.autocrlf=true", "core.eol=crlf", "core.autocrlf=input"])
def test_a_clone_has_every_file_as_it_was_committed(tmp_path: Path, setting: str) -> None:
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    origin.mkdir()
    git(origin, "init", "--quiet")
    (origin / ".gitattributes").write_bytes((CHECKOUT / ".gitattributes").read_bytes())
    for name, content in FILES.items():
        (origin / name).write_bytes(content)
    git(origin, "add", ".")
    git(origin, "commit", "--quiet", "--message", "all")

    git(tmp_path, "clone", "--quiet", "--config", setting, str(origin), str(clone))

    assert {name: (clone / name).read_bytes() for name in FILES} == FILES
