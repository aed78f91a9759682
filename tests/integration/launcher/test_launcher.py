"""The launcher with small programs in the place of servers."""

import json
import os
import signal
import socket
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.integration.launcher.volume import TAKEN, WAITING, Volume
from tools.harness.polling import eventually

FRESH = ("env", "--default-signal")
"""As a container starts a program: whoever runs the tests may have signals ignored."""
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def last_line(log: Path) -> str:
    return log.read_text().splitlines()[-1]


def test_a_second_server_waits_until_the_first_has_ended(volume: Volume) -> None:
    first = volume.hold()
    second = volume.run("echo", "my turn")
    said = second.said(WAITING)

    first.process.terminate()

    assert second.wait() == 0
    assert second.log.read_text().endswith("my turn\n")
    assert said["held_by"].startswith(f"{socket.gethostname()} since ")
    assert (said["volume"], said["level"]) == (str(volume.folder), "info")


def test_a_waiter_says_again_who_has_the_volume(volume: Volume) -> None:
    volume.hold()
    second = volume.run("true")

    said = second.said(WAITING, times=2)

    assert said["waited_seconds"] >= 10
    assert second.process.poll() is None


def test_the_file_names_the_holder_and_since_when(volume: Volume) -> None:
    volume.hold()

    (line,) = volume.lock.read_text().splitlines()
    told = json.loads(line)

    assert told["holder"] == socket.gethostname()
    assert abs(datetime.now(UTC) - datetime.fromisoformat(told["since"])) < timedelta(minutes=5)


def test_a_frozen_server_keeps_the_volume(volume: Volume) -> None:
    first = volume.hold()
    first.process.send_signal(signal.SIGSTOP)

    second = volume.run("true")
    second.said(WAITING)
    with pytest.raises(subprocess.TimeoutExpired):
        second.process.wait(1)

    first.process.kill()
    assert second.wait() == 0


def test_a_child_that_outlives_its_server_keeps_the_volume(volume: Volume) -> None:
    first = volume.hold("sh", "-c", "sleep 600 & echo $!; wait")
    eventually(lambda: first.log.read_text().endswith("\n") and last_line(first.log).isdigit())
    child = int(last_line(first.log))
    first.process.kill()
    first.wait()

    second = volume.run("true")
    second.said(WAITING)
    with pytest.raises(subprocess.TimeoutExpired):
        second.process.wait(1)

    os.kill(child, signal.SIGKILL)
    assert second.wait() == 0


def test_what_a_killed_server_left_in_the_file_means_nothing(volume: Volume) -> None:
    first = volume.hold()
    first.process.kill()
    first.wait()
    assert volume.lock.exists()

    second = volume.run("true")

    assert second.wait() == 0
    assert second.events(WAITING) == []


@pytest.mark.parametrize(
    "content", [b"", b"12345", b"\xff\x00" * 5000, b"{}", b"[1]\n", b'{"holder":1}']
)
def test_any_content_of_the_file_is_taken_over(volume: Volume, content: bytes) -> None:
    volume.lock.write_bytes(content)

    assert volume.run("true").wait() == 0

    assert json.loads(volume.lock.read_text())["holder"] == socket.gethostname()


def test_a_holder_that_cannot_be_read_is_unknown(volume: Volume) -> None:
    volume.hold()
    volume.lock.write_text("no name in here")

    assert volume.run("true").said(WAITING)["held_by"] == "unknown"


@pytest.mark.parametrize("how", ["removed", "replaced"])
def test_who_removes_the_file_lets_nobody_in(volume: Volume, how: str) -> None:
    first = volume.hold()
    volume.lock.unlink()
    if how == "replaced":
        volume.lock.touch()

    second = volume.run("true")
    second.said(WAITING)
    with pytest.raises(subprocess.TimeoutExpired):
        second.process.wait(1)

    first.process.kill()
    assert second.wait() == 0


def test_a_volume_by_another_name_is_the_same_volume(volume: Volume, tmp_path: Path) -> None:
    volume.hold()
    link = tmp_path / "link"
    link.symlink_to(volume.folder)

    volume.start("run", "--volume", link, "--", "true").said(WAITING)


@pytest.mark.parametrize("number", ENDING)
def test_a_waiter_ends_at_once_when_asked(volume: Volume, number: signal.Signals) -> None:
    first = volume.hold()
    second = volume.run("touch", volume.folder / "second")
    second.said(WAITING)

    second.process.send_signal(number)

    assert second.process.wait(5) == 128 + number
    first.process.kill()
    first.wait()
    assert not (volume.folder / "second").exists()


def test_of_many_at_once_one_at_a_time_has_the_volume(volume: Volume) -> None:
    alone = f"mkdir {volume.folder}/busy || exit 9; sleep 0.05; rmdir {volume.folder}/busy"

    many = [volume.run("sh", "-c", alone) for _ in range(12)]

    assert [each.wait() for each in many] == [0] * 12


def test_the_command_is_what_it_would_be_without_a_launcher(volume: Volume) -> None:
    program = (
        "import json, os, resource, sys\n"
        "status = dict(l.split(':', 1) for l in open('/proc/self/status'))\n"
        "print(json.dumps([sys.argv[1:], os.getpid(), sorted(os.environ.items()),"
        "resource.getrlimit(resource.RLIMIT_NOFILE),"
        "[status[k].strip() for k in ('SigBlk', 'SigIgn')]]))\n"
        "sys.exit(7)"
    )
    command = ("python3", "-c", program, "--volume", "", "a b", "--")
    plain = subprocess.run([*FRESH, *command], capture_output=True, text=True, check=False)

    launched = volume.run(*command, before=FRESH)

    assert launched.wait() == plain.returncode == 7
    here, there = json.loads(launched.log.read_text().splitlines()[-1]), json.loads(plain.stdout)
    assert here.pop(1) == launched.process.pid
    there.pop(1)
    assert here == there


def test_the_command_has_the_two_files_of_the_lock_and_no_other(volume: Volume) -> None:
    folder = "/proc/self/fd"
    listing = (
        f"import os; print([os.readlink(f'{folder}/{{n}}') for n in os.listdir('{folder}')[3:-1]])"
    )
    launched = volume.run("python3", "-c", listing)

    assert launched.wait() == 0
    assert launched.log.read_text().splitlines()[-1] == str([str(volume.folder), str(volume.lock)])


def test_the_programs_own_way_to_end_is_kept(volume: Volume) -> None:
    first = volume.hold("sh", "-c", "trap 'exit 3' INT; echo ready; while :; do sleep 0.05; done")
    eventually(lambda: first.log.read_text().endswith("ready\n"))

    first.process.send_signal(signal.SIGINT)

    assert first.wait() == 3


def test_prepare_waits_for_the_volume_and_leaves_it_free(volume: Volume, tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir()
    first = volume.hold()
    before = volume.lock.read_text()
    prepare = volume.start("prepare", "--volume", volume.folder, "--into", into)
    prepare.said(WAITING)

    first.process.kill()

    assert prepare.wait() == 0
    assert volume.lock.read_text() == before
    assert volume.run("true").wait() == 0


def test_prepare_puts_a_launcher_there_that_works(volume: Volume, tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir()
    prepare = ("prepare", "--volume", volume.folder, "--into", into)
    assert volume.start(*prepare).wait() == 0
    # Again while the one from before runs, as after a restart of the node.
    held = volume.hold()
    running = subprocess.Popen(
        [into / "launcher", "run", "--volume", volume.folder, "--", "sleep", "600"],
        stderr=subprocess.DEVNULL,
    )
    again = volume.start(*prepare)
    again.said(WAITING)

    assert [each.name for each in into.iterdir()] == ["launcher"]
    assert os.access(into / "launcher", os.X_OK)
    running.terminate()
    assert running.wait(5) == 128 + signal.SIGTERM
    held.process.kill()
    assert again.wait() == 0


@pytest.mark.parametrize("kind", ["folder", "fifo", "link", "socket"])
def test_what_is_no_file_in_the_place_of_the_lock_is_told(
    volume: Volume, tmp_path: Path, kind: str
) -> None:
    if kind == "folder":
        volume.lock.mkdir()
    elif kind == "fifo":
        os.mkfifo(volume.lock)
    elif kind == "link":
        (tmp_path / "elsewhere").touch()
        volume.lock.symlink_to(tmp_path / "elsewhere")
    else:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(volume.lock))

    refused = volume.run("touch", volume.folder / "started")

    assert refused.wait() == 1
    assert str(volume.lock) in refused.said("failed")["reason"]
    assert not (volume.folder / "started").exists()


def test_a_volume_that_is_not_there_is_told(volume: Volume, tmp_path: Path) -> None:
    refused = volume.start("run", "--volume", tmp_path / "nowhere", "--", "true")

    assert refused.wait() == 1
    assert "no such file or directory" in refused.said("failed")["reason"]


@pytest.mark.parametrize(
    ("command", "code"), [("no-such-program", 127), ("/no/such/program", 127), ("/etc/hosts", 126)]
)
def test_a_command_that_cannot_be_run_is_told(volume: Volume, command: str, code: int) -> None:
    refused = volume.run(command)

    assert refused.wait() == code
    assert command in refused.said("failed")["reason"]
    assert volume.run("true").wait() == 0


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("run",),
        ("run", "--volume", "/v"),
        ("run", "--volume", "/v", "--into", "/v", "--", "true"),
        ("run", "--volume", "", "--", "true"),
        ("prepare", "--volume", "/v"),
        ("prepare", "--volume", "/v", "--into", "/v", "--", "true"),
        ("run", "--lock", "/v", "--", "true"),
        ("start", "--volume", "/v", "--", "true"),
    ],
)
def test_a_wrong_command_line_is_told_with_the_right_one(
    volume: Volume, arguments: tuple[str, ...]
) -> None:
    refused = volume.start(*arguments)

    assert refused.wait() == 2
    assert (
        "launcher run --volume DIR [--secret NAME] -- COMMAND" in refused.said("failed")["reason"]
    )
    assert refused.events(TAKEN) == []


@pytest.mark.parametrize("blank", [None, "", " ", "\t\n"])
def test_a_server_without_its_secret_is_not_started(
    volume: Volume, blank: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THE_USER", "somebody")
    monkeypatch.delenv("THE_PASSWORD", raising=False)
    if blank is not None:
        monkeypatch.setenv("THE_PASSWORD", blank)

    secrets = ("--secret", "THE_USER", "--secret", "THE_PASSWORD")
    refused = volume.start("run", "--volume", volume.folder, *secrets, "--", "echo", "open")

    assert refused.wait() == 42
    assert "THE_PASSWORD is missing or blank" in refused.said("failed")["reason"]
    assert refused.events(TAKEN) == []
    assert "open" not in refused.log.read_text().splitlines()


def test_a_server_with_its_secret_is_started(
    volume: Volume, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THE_PASSWORD", " a word ")

    command = ("sh", "-c", 'echo "[$THE_PASSWORD]"')
    options = ("--volume", volume.folder, "--secret", "THE_PASSWORD")
    started = volume.start("run", *options, "--", *command)

    assert started.wait() == 0
    assert "[ a word ]" in started.log.read_text().splitlines()
