"""The reaper and the mark, with small real programs in the place of servers."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from rookery_local.folder.home import Home
from rookery_local.folder.lock import FolderLock, holder
from rookery_local.process.environment import child_environment
from rookery_local.stack.leftovers import marked, stop_leftovers
from rookery_local.stack.reaper import Reaper

SLEEP = "import time; time.sleep(60)"
SUPERVISOR = """
import os, subprocess, sys, time
from pathlib import Path
from rookery_local.process.environment import child_environment
from rookery_local.stack.reaper import Reaper
from rookery_local.folder.home import Home
from rookery_local.folder.lock import FolderLock

home = Home(Path(sys.argv[1]))
home.prepare()
lock = FolderLock(home.lock)
assert lock.take()
reaper = Reaper(home, [lock.descriptor])
environment = child_environment(home.temporary, home.mark)
for _ in range(2):
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], env=environment)
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path / "state")
    home.prepare()
    yield home
    stop_leftovers(home.root, grace=1)


def sleeper(home: Home) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", SLEEP],
        env=child_environment(home.temporary, home.mark),
        start_new_session=True,
    )


def free(path: Path) -> bool:
    lock = FolderLock(path)
    if not lock.take(0):
        return False
    lock.close()
    return True


def eventually_nothing_runs(home: Home, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not marked(home.root) and free(home.lock):
            return True
        time.sleep(0.05)
    return False


def test_leftovers_of_one_folder_are_stopped_and_no_others(home: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    other.prepare()
    mine, theirs = sleeper(home), sleeper(other)

    assert stop_leftovers(home.root) == 1

    assert mine.poll() is not None
    assert theirs.poll() is None
    theirs.kill()
    theirs.wait()


def test_a_dismissed_reaper_leaves_nothing_running(home: Home) -> None:
    reaper = Reaper(home)
    left = sleeper(home)

    reaper.dismiss()

    assert left.wait(10) != 0
    assert reaper.is_gone


def test_nothing_outlives_a_supervisor_that_is_killed(home: Home) -> None:
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(home.root)], stdout=subprocess.PIPE
    )
    assert supervisor.stdout is not None
    assert supervisor.stdout.readline() == b"up\n"
    assert len(marked(home.root)) == 2

    supervisor.kill()

    assert eventually_nothing_runs(home)
    supervisor.wait()
    supervisor.stdout.close()


def test_the_reaper_ignores_the_signals_that_end_the_other_processes(home: Home) -> None:
    reaper = Reaper(home)
    process = psutil.Process(reaper.pid)
    deadline = time.monotonic() + 20
    while not _ignores_sigterm(process) and time.monotonic() < deadline:
        time.sleep(0.02)

    process.terminate()

    assert not reaper.is_gone
    reaper.dismiss()


def _ignores_sigterm(process: psutil.Process) -> bool:
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        pytest.skip("signal masks are read from /proc")
    ignored = next(line for line in status.read_text().splitlines() if line.startswith("SigIgn"))
    return bool(int(ignored.split()[1], 16) & 1 << 14)


def test_the_lock_is_held_until_the_reaper_is_done(home: Home) -> None:
    lock = FolderLock(home.lock)
    assert lock.take()
    lock.sign("rookery up")
    reaper = Reaper(home, [lock.descriptor])

    lock.close()

    found = holder(home.lock)
    assert found is not None
    assert found.pid == os.getpid()
    reaper.dismiss()
    assert holder(home.lock) is None
