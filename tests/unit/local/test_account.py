"""The account that PostgreSQL runs as where we are root."""

import os
import tempfile
from pathlib import Path

import pytest

from rookery_core.errors import Refused
from rookery_local.account import Account, unprivileged_account

STRANGER = Account("stranger", uid=65_432, gid=65_432)


def test_only_root_needs_another_account() -> None:
    account = unprivileged_account()

    assert (account is None) == (os.geteuid() != 0)
    assert account is None or account.uid != 0


def test_a_folder_that_is_closed_to_the_account_is_named_with_the_remedy() -> None:
    with tempfile.TemporaryDirectory() as name:
        # The folder is its owner's alone, and what it lies in is open to all.
        closed = Path(name)
        inner = closed / "inner"
        inner.mkdir()

        with pytest.raises(Refused, match=rf"cannot enter {closed}; choose another folder"):
            STRANGER.demand_reach(inner, "choose another folder")

        closed.chmod(0o711)
        STRANGER.demand_reach(inner, "choose another folder")
