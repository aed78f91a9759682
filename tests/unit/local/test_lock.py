"""The lock on a state folder."""

import os
from pathlib import Path

import pytest

from rookery_core.errors import Refused
from rookery_local.lock import StackLock, holder


def test_a_second_stack_of_a_folder_is_refused_with_the_remedy(tmp_path: Path) -> None:
    first = StackLock(tmp_path / "lock")
    first.demand()

    with pytest.raises(Refused, match=rf"process {os.getpid()}\); `rookery down`"):
        StackLock(tmp_path / "lock").demand()

    first.release()


def test_a_released_lock_is_free(tmp_path: Path) -> None:
    first = StackLock(tmp_path / "lock")
    first.demand()
    assert holder(tmp_path / "lock") == os.getpid()

    first.release()

    assert holder(tmp_path / "lock") is None
    second = StackLock(tmp_path / "lock")
    second.demand()
    second.release()


def test_nobody_holds_a_lock_that_was_never_taken(tmp_path: Path) -> None:
    assert holder(tmp_path / "lock") is None
