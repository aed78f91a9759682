"""Whether the stack of another process is still up."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest

from rookery_core.errors import Refused, Unavailable
from rookery_local.folder.claim import claim
from rookery_local.folder.holder import Holder, write
from rookery_local.folder.home import Home
from rookery_local.folder.lock import FolderLock
from rookery_local.stack.presence import (
    AFTERMATH_SECONDS,
    StackEnded,
    absence,
    ending,
    explained,
    presence,
)


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


def test_a_failure_is_blamed_on_the_end_of_the_stack_that_its_supervisor_notices_a_moment_later(
    home: Home, lock: FolderLock
) -> None:
    check = presence(home)

    def notice() -> None:
        home.exit_report.write_text("api was killed by SIGKILL")
        lock.sign(is_ending=True)

    Timer(AFTERMATH_SECONDS / 4, notice).start()
    with (
        pytest.raises(StackEnded, match="the stack has ended: api was killed by SIGKILL"),
        explained(check),
    ):
        raise Unavailable("the API does not answer")


def test_a_failure_while_the_stack_is_up_stays_what_it_is(home: Home, lock: FolderLock) -> None:
    failure = Unavailable("the API answers 503")

    with pytest.raises(Unavailable) as raised, explained(presence(home)):
        raise failure

    assert raised.value is failure


def test_what_will_never_work_is_not_blamed_on_the_stack(home: Home, lock: FolderLock) -> None:
    check = presence(home)
    lock.sign(is_ending=True)

    with pytest.raises(Refused, match="no such model"), explained(check):
        raise Refused("no such model")


def test_an_end_that_was_told_with_what_goes_on_from_there_is_told_once(
    home: Home, lock: FolderLock
) -> None:
    check = presence(home)
    lock.sign(is_ending=True)
    told = StackEnded("the stack has ended: it was stopped\nTo go on where it ended: ...")

    with pytest.raises(StackEnded) as raised, explained(check):
        raise told

    assert raised.value is told


def test_where_no_stack_is_up_it_is_said_how_the_last_one_ended(home: Home) -> None:
    home.make()
    none = f"no stack is up in {home.root}; start it with `rookery up`"
    assert absence(home) == none

    home.exit_report.write_text("mlflow was killed by SIGKILL")

    assert absence(home) == f"{none}\nThe last one ended by itself: mlflow was killed by SIGKILL"


def test_of_a_stack_that_is_ending_it_is_said_why(home: Home) -> None:
    home.make()
    stopping = f"the stack in {home.root} is stopping; start it again with `rookery up`"
    assert ending(home) == stopping

    home.exit_report.write_text("mlflow was killed by SIGKILL")

    assert ending(home) == f"{stopping}\nIt ended by itself: mlflow was killed by SIGKILL"
