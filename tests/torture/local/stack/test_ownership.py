"""A state folder that is moved or copied while its servers live."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.local.support.command import Rookery, ended_rookery
from tools.harness.polling import eventually

from rookery_local.folder.home import Home
from rookery_local.stack.leftovers import users


@pytest.fixture
def rookery(tmp_path: Path) -> Iterator[Rookery]:
    """A state folder whose stack is up; in the end nothing of it runs."""
    with ended_rookery(tmp_path) as made:
        made.run("up")
        yield made


def test_abandoned_servers_of_a_folder_that_was_moved_are_named(
    rookery: Rookery, tmp_path: Path
) -> None:
    left = rookery.abandon()
    moved = Rookery(Home(rookery.home.root.rename(tmp_path / "moved")))
    held = {each.pid for each in left} & set(users(moved.home.data_lock))
    assert held

    printed = moved.run("up", expect=42)

    assert f"still have the data in {moved.home.root}" in printed
    assert all(str(pid) in printed for pid in held)
    for each in left:
        each.kill()
    eventually(lambda: not users(moved.home.data_lock))
    moved.run("up")
    moved.run("down")


def test_a_copy_of_a_folder_that_is_in_use_is_another_folder(
    rookery: Rookery, tmp_path: Path
) -> None:
    copy = Rookery(Home(tmp_path / "copy"))
    subprocess.run(["cp", "-a", rookery.home.root, copy.home.root], check=True)

    copy.run("up", expect=1)

    assert copy.is_gone
    assert "does not answer" not in rookery.run("status")
