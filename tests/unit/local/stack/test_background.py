"""A supervisor that fails in a way that it cannot explain."""

from pathlib import Path

import pytest

from rookery_core.errors import Unavailable
from rookery_local.folder.home import Home
from rookery_local.folder.lock import FolderLock
from rookery_local.stack.background import start_in_background
from rookery_local.stack.supervisor import StartOptions


def test_its_last_word_and_its_log_are_told(tmp_path: Path) -> None:
    home = Home(tmp_path / "state")
    home.prepare()
    # Where the folder of a part should be.
    home.part("object-store").write_text("")
    lock = FolderLock(home.lock)
    assert lock.take()

    with pytest.raises(Unavailable, match=r"^the supervisor failed: FileExistsError: .*see .*log"):
        start_in_background(home, lock, StartOptions(), lambda _part, _seconds: None)
