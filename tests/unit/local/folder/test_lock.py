"""The lock of a state folder, and what it says of its holder."""

import json
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from rookery_core.errors import Refused
from rookery_local.folder.claim import claim
from rookery_local.folder.holder import Holder
from rookery_local.folder.home import Home
from rookery_local.folder.lock import FolderLock, holder

IN_ANOTHER_PROCESS = """
import os, sys
from pathlib import Path
from rookery_core.errors import Refused
from rookery_local.folder.claim import claim
from rookery_local.folder.home import Home
for user in map(int, sys.argv[2:]):
    os.setresuid(user, user, user)
try:
    lock = claim(Home(Path(sys.argv[1])), "rookery up")
except Refused as error:
    print(f"refused: {error}", flush=True)
else:
    print("won", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "state")


def test_the_first_to_claim_a_folder_gets_it_and_is_named_to_the_second(home: Home) -> None:
    first = claim(home, "rookery demo")

    with pytest.raises(Refused) as refused:
        claim(home, "rookery up")

    said = str(refused.value)
    assert f"a stack is already starting in {home.root} (process {os.getpid()}, " in said
    assert f"`rookery demo` since {datetime.now():%Y-%m-%d}" in said  # noqa: DTZ005 (as a person's clock)
    assert "`rookery down` stops it" in said
    first.close()


def test_a_stack_that_is_stopping_is_reported_as_stopping(home: Home) -> None:
    first = claim(home, "rookery up")
    first.sign(is_ending=True)

    with pytest.raises(Refused, match=r"a stack is still stopping in .*`rookery up` since"):
        claim(home, "rookery demo")

    first.close()


def test_a_stack_that_is_up_is_reported_as_up(home: Home) -> None:
    first = claim(home, "rookery up")
    first.sign(is_up=True)

    with pytest.raises(Refused, match=r"a stack is already up in .*`rookery up` since"):
        claim(home, "rookery demo")

    first.close()


def test_of_many_claims_at_once_one_wins_and_the_others_name_it(home: Home) -> None:
    argv = [sys.executable, "-c", IN_ANOTHER_PROCESS, str(home.root)]
    many = [
        subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    said = [each.stdout.readline().strip() for each in many if each.stdout]

    (winner,) = (each.pid for each, line in zip(many, said, strict=True) if line == "won")
    losers = [line for line in said if line != "won"]
    assert len(losers) == 5
    assert all(f"(process {winner}, `rookery up` since " in line for line in losers)
    for each in many:
        each.communicate()


@pytest.mark.parametrize("way", ["a link", "dots", "another name of the folder"])
def test_a_folder_by_another_path_is_the_same_folder(home: Home, tmp_path: Path, way: str) -> None:
    first = claim(home, "rookery up")
    other = home.root
    if way == "a link":
        other = tmp_path / "link"
        other.symlink_to(home.root)
    elif way == "dots":
        other = home.root / ".." / home.root.name
    else:
        other = home.root.rename(tmp_path / "moved")

    with pytest.raises(Refused, match=f"process {os.getpid()}, `rookery up`"):
        claim(Home(other), "rookery up")

    first.close()


def test_a_copy_of_a_folder_is_a_folder_of_its_own(home: Home, tmp_path: Path) -> None:
    first = claim(home, "rookery up")
    copy = Home(tmp_path / "copy")
    subprocess.run(["cp", "-a", home.root, copy.root], check=True)

    assert holder(copy.lock) is None
    claim(copy, "rookery up").close()

    first.close()


def test_a_lock_that_is_given_up_is_free(home: Home) -> None:
    claim(home, "rookery up").close()

    assert holder(home.lock) is None
    claim(home, "rookery up").close()


def test_nobody_holds_a_lock_that_was_never_taken(tmp_path: Path) -> None:
    assert holder(tmp_path / "lock") is None


def test_a_child_that_takes_over_is_named_by_the_command_of_its_parent(home: Home) -> None:
    lock = claim(home, "rookery up")
    before = holder(home.lock)

    heir = FolderLock.inherited(home.lock, os.dup(lock.descriptor))
    lock.close()
    heir.sign(is_up=True)

    after = holder(home.lock)
    assert before is not None
    assert after is not None
    assert (before.command, before.is_up) == ("rookery up", False)
    assert (after.command, after.is_up) == ("rookery up", True)
    heir.close()


def test_the_entry_of_a_killed_holder_is_ignored(home: Home) -> None:
    claim(home, "rookery up").close()
    home.lock.write_text(f"{os.getpid()}")

    assert holder(home.lock) is None
    claim(home, "rookery up").close()


@pytest.mark.parametrize("content", ["", "x", "{}", '{"pid": "one"}', "[]", "\0" * 9000])
def test_a_holder_without_a_valid_entry_still_holds_the_lock(home: Home, content: str) -> None:
    first = claim(home, "rookery up")
    home.lock.write_text(content)

    assert holder(home.lock) is None
    with pytest.raises(Refused, match="a stack is already up"):
        claim(home, "rookery up")

    first.close()


def test_the_holder_of_an_earlier_version_is_known_by_its_process(home: Home) -> None:
    first = claim(home, "rookery up")
    home.lock.write_text("4711")

    assert holder(home.lock) == Holder(pid=4711)

    first.close()


def test_a_shorter_entry_leaves_nothing_of_a_longer_one(home: Home) -> None:
    lock = claim(home, "rookery " + "x" * 500)

    lock.sign("rookery up")

    assert json.loads(home.lock.read_text())["command"] == "rookery up"
    lock.close()


def test_a_holder_on_another_machine_is_shown_with_its_machine() -> None:
    since = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)

    assert " on a-container, " in str(Holder(pid=7, host="a-container", since=since))
    assert " on " not in str(Holder(pid=7, host=socket.gethostname(), since=since))


def test_another_process_of_the_same_id_is_not_the_holder() -> None:
    here = Holder.here("rookery up", is_up=True)
    earlier = here.model_copy(update={"begun": (here.begun or 0) - 3600})

    assert not here.is_foreign
    assert earlier.is_foreign
    assert not Holder(pid=os.getpid()).is_foreign


def test_the_holder_says_since_when_it_holds_the_lock(home: Home) -> None:
    lock = claim(home, "rookery up")

    found = holder(home.lock)

    assert found is not None
    assert found.since is not None
    assert abs(datetime.now(UTC) - found.since) < timedelta(minutes=5)
    lock.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may be somebody else for a moment")
@pytest.mark.parametrize("mode", [0o700, 0o711])
def test_a_folder_of_another_user_is_refused_with_its_owner(mode: int) -> None:
    # Not below pytest's folders, which are closed.
    with TemporaryDirectory() as open_to_all:
        Path(open_to_all).chmod(0o755)
        home = Home(Path(open_to_all) / "state")
        lock = claim(home, "rookery up")
        home.root.chmod(mode)

        done = subprocess.run(
            [sys.executable, "-c", IN_ANOTHER_PROCESS, str(home.root), "65534"],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        lock.close()

    assert "belongs to the user root; run as that user" in done.stdout, done.stderr
