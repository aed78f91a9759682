"""The state folder."""

import os
from pathlib import Path

import pytest

from rookery_core.errors import Refused
from rookery_local.folder.home import Home


def test_a_state_folder_is_closed_to_others_and_to_git(tmp_path: Path) -> None:
    home = Home(tmp_path / "state")

    home.prepare()
    home.prepare()

    assert home.root.stat().st_mode & 0o777 == (0o711 if os.geteuid() == 0 else 0o700)
    assert home.logs.stat().st_mode & 0o077 == 0
    assert (home.root / ".gitignore").read_text() == "*\n"


def test_a_folder_that_cannot_be_made_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(Refused, match=r"cannot be used: .*; choose another one with --home"):
        Home(tmp_path / "file" / "state").prepare()


def test_a_link_to_a_folder_is_the_same_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")

    assert Home(tmp_path / "link").root == Home(tmp_path / "real").root
