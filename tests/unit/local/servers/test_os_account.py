"""The account that PostgreSQL runs as if we are root."""

import os
import subprocess
from pathlib import Path

import pytest

from rookery_core.errors import Refused
from rookery_local.servers.os_account import OsAccount, require_name, unprivileged_account

STRANGER = OsAccount("stranger", uid=65_432, gid=65_432)


def test_only_root_needs_another_account() -> None:
    account = unprivileged_account()

    assert (account is None) == (os.geteuid() != 0)
    assert account is None or account.uid != 0


def test_a_capability_is_kept_only_if_a_folder_is_closed_to_the_account(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)

    through_closed = STRANGER.command(["true"], tmp_path)
    through_open = STRANGER.command(["true"], Path("/"))

    assert "--ambient-caps=+dac_override" in through_closed
    assert through_open[-3:] == ["--regid=65432", "--clear-groups", "true"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run a program as another account")
def test_a_program_of_the_account_works_in_a_folder_closed_to_others(tmp_path: Path) -> None:
    inner = tmp_path / "closed" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "closed").chmod(0o700)
    STRANGER.own(inner)

    program = f"touch {inner}/made && test -r {inner}/made"
    subprocess.run(STRANGER.command(["sh", "-c", program], inner), check=True)

    assert (inner / "made").stat().st_uid == STRANGER.uid


def test_a_user_id_without_a_name_is_refused_with_the_line_that_gives_it_one() -> None:
    require_name(os.geteuid())

    with pytest.raises(Refused, match=r"user id 65432 has no entry .* 'rookery:x:65432:0::/tmp:"):
        require_name(STRANGER.uid)
