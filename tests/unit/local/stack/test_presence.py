"""Whether the stack of another process is still up."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rookery_core.errors import Unavailable
from rookery_local.folder.claim import claim
from rookery_local.folder.holder import Holder, write
from rookery_local.folder.home import Home
from rookery_local.folder.lock import FolderLock
from rookery_local.stack.presence import presence


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "state")


@pytest.fixture
def lock(home: Home) -> Iterator[FolderLock]:
    """The lock of a stack that is up."""
    with closing(claim(home, "rookery up")) as taken:
        taken.sign(is_up=True)
        yield taken


def test_a_stack_that_is_up_is_present(home: Home, lock: FolderLock) -> None:
    check = presence(home)

    assert check() is None


def test_a_stack_that_is_ending_is_missed_with_its_reason_before_its_lock_is_free(
    home: Home, lock: FolderLock
) -> None:
    check = presence(home)
    home.exit_report.write_text("mlflow was killed by SIGKILL")
    lock.sign(is_ending=True)

    with pytest.raises(Unavailable) as missed:
        check()

    assert str(missed.value) == (
        "the stack has ended: mlflow was killed by SIGKILL\n`rookery up` starts it again"
    )


def test_a_stack_that_was_stopped_is_missed(home: Home, lock: FolderLock) -> None:
    check = presence(home)
    lock.close()

    with pytest.raises(Unavailable, match="the stack has ended: it was stopped"):
        check()


def test_a_stack_that_another_one_has_replaced_is_missed(home: Home, lock: FolderLock) -> None:
    check = presence(home)
    lock.close()
    with closing(claim(home, "rookery up")) as later:
        write(later.descriptor, Holder(pid=1))

        with pytest.raises(Unavailable, match="the stack has ended"):
            check()


def test_a_supervisor_that_was_killed_is_missed_while_its_reaper_has_the_lock(
    home: Home, lock: FolderLock
) -> None:
    killed = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    write(lock.descriptor, Holder(pid=killed.pid))
    check = presence(home)
    check()
    killed.kill()
    killed.communicate()

    with pytest.raises(Unavailable, match="its supervisor was killed"):
        check()
