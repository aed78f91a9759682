"""Supervised processes, with small real programs."""

import signal
import socket
import sys
from functools import partial
from pathlib import Path

import psutil
import pytest

from rookery_core.errors import Unavailable
from rookery_local.process.child_process import (
    FULL_BYTES,
    LOG_BYTES,
    Process,
    full_disk,
    stop_all,
)
from rookery_local.process.environment import child_environment
from rookery_local.process.ports import LOOPBACK

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up")
time.sleep(60)
"""
PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid)
child.wait()
"""

WRITING = """
import signal
signal.signal(signal.SIGTERM, lambda *_: print("fresh", flush=True))
print("up", flush=True)
signal.pause()
"""
LISTENING = """
import socket
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
listener.accept()
"""
CHILD_LISTENING = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {LISTENING!r}])"
COUNTING = """
import signal, time
signal.signal(signal.SIGTERM, lambda *_: print("asked", flush=True))
print("up", flush=True)
signal.pause()
"""
"""After it, what a program does before it ends."""


def python(folder: Path, code: str) -> Process:
    return Process(
        "probe",
        [sys.executable, "-c", code],
        environment=child_environment(folder),
        directory=folder,
        log=folder / "probe.log",
    )


def has_spoken(process: Process) -> bool:
    return process.log.read_text().endswith("\n")


def test_a_program_that_ends_before_it_is_ready_is_reported_with_its_log(tmp_path: Path) -> None:
    process = python(tmp_path, "print('no such luck'); raise SystemExit(7)")
    process.start()

    with pytest.raises(Unavailable, match=r"probe ended with exit code 7(.|\n)*no such luck"):
        process.wait_ready(lambda: False, seconds=20)


@pytest.mark.parametrize("program", [LISTENING, CHILD_LISTENING])
def test_a_program_listens_where_it_or_a_child_of_it_does_and_not_where_another_does(
    tmp_path: Path, program: str
) -> None:
    process = python(tmp_path, program)
    assert not process.listens_on(1)
    process.start()
    with socket.create_server((LOOPBACK, 0)) as another:
        process.wait_ready(lambda: has_spoken(process), seconds=20)
        port = int(process.log.read_text())

        assert process.listens_on(port)
        assert not process.listens_on(another.getsockname()[1])

    process.stop()
    assert not process.listens_on(port)


def test_a_program_that_is_never_ready_is_reported_with_its_log(tmp_path: Path) -> None:
    process = python(tmp_path, "import time; time.sleep(60)")
    process.start()

    with pytest.raises(Unavailable, match=r"not ready after 0\.1 s(.|\n)*\(empty\)"):
        process.wait_ready(lambda: False, seconds=0.1)

    process.stop()


def test_the_exit_report_names_the_signal_that_killed(tmp_path: Path) -> None:
    process = python(tmp_path, "import time; time.sleep(60)")
    process.start()

    psutil.Process(process.pid).kill()

    assert process.wait(10) == -signal.SIGKILL
    assert "probe was killed by SIGKILL" in process.exit_report()


def test_stopping_stops_the_programs_children_too(tmp_path: Path) -> None:
    process = python(tmp_path, PARENT)
    process.start()
    process.wait_ready(lambda: has_spoken(process), seconds=20)
    child = psutil.Process(int(process.log.read_text()))

    process.stop()

    assert not process.is_running
    psutil.wait_procs([child], timeout=10)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_a_program_that_ignores_the_request_is_killed(tmp_path: Path) -> None:
    process = python(tmp_path, STUBBORN)
    process.start()
    process.wait_ready(lambda: has_spoken(process), seconds=20)

    stop_all([process], grace=0.2)

    assert process.exited == -signal.SIGKILL


def test_stopping_twice_and_before_the_start_changes_nothing(tmp_path: Path) -> None:
    process = python(tmp_path, "pass")
    process.stop()
    process.start()

    process.stop()
    process.stop()

    assert not process.is_running


def test_the_end_of_a_log_has_no_lines_of_an_earlier_start(tmp_path: Path) -> None:
    earlier = python(tmp_path, "print('served all day')")
    earlier.start()
    earlier.wait(30)
    process = python(tmp_path, "print('address already in use'); raise SystemExit(3)")

    process.start()
    process.wait(30)

    assert process.tail() == "    address already in use"


def test_a_long_log_begins_anew_and_the_old_one_is_kept(tmp_path: Path) -> None:
    log = tmp_path / "probe.log"
    log.write_bytes(b"x" * (LOG_BYTES + 1))
    process = python(tmp_path, "print('fresh')")

    process.start()
    process.wait(20)

    assert log.read_text() == "fresh\n"
    assert (tmp_path / "probe.log.1").stat().st_size == LOG_BYTES + 1


def test_a_log_that_grows_long_moves_aside_while_its_program_writes_on(tmp_path: Path) -> None:
    process = python(tmp_path, WRITING)
    process.start()
    process.wait_ready(lambda: has_spoken(process), seconds=20)
    process.trim_log()
    assert process.log.read_text() == "up\n"
    with process.log.open("ab") as log:
        log.write(b"x" * LOG_BYTES)

    process.trim_log()
    process.ask_to_stop()
    process.wait(20)

    assert process.log.read_text() == "fresh\n"
    assert (tmp_path / "probe.log.1").stat().st_size == LOG_BYTES + len("up\n")
    assert (tmp_path / "probe.log.1").stat().st_mode & 0o077 == 0


def test_a_log_is_closed_to_others(tmp_path: Path) -> None:
    process = python(tmp_path, "pass")

    process.start()
    process.wait(20)

    assert process.log.stat().st_mode & 0o077 == 0


def test_a_program_is_asked_to_stop_once_however_long_others_take(tmp_path: Path) -> None:
    processes = [
        python(tmp_path / str(seconds), f"{COUNTING}time.sleep({seconds})") for seconds in (1, 3)
    ]
    for process in processes:
        process.log.parent.mkdir()
        process.start()
        process.wait_ready(partial(has_spoken, process), seconds=20)

    stop_all(processes, grace=20)

    assert [process.log.read_text() for process in processes] == ["up\nasked\n"] * 2
    assert [process.exited for process in processes] == [0, 0]


def test_what_a_program_answered_last_is_told_if_it_is_never_ready(tmp_path: Path) -> None:
    process = python(tmp_path, "import time; time.sleep(60)")
    process.start()

    with pytest.raises(Unavailable, match=r"not ready after 0\.1 s \(no such role\); its log ends"):
        process.wait_ready(lambda: False, 0.1, lambda: "no such role")

    process.stop()


def test_a_full_disk_is_named_with_what_to_do(tmp_path: Path) -> None:
    log = tmp_path / "probe.log"

    (said,) = full_disk(log, FULL_BYTES - 1)

    assert str(tmp_path) in said
    assert "make room" in said
    assert full_disk(log, FULL_BYTES) == []
