import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools.airgap.processes import end, kill_containers, named, within


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["sleep", "60"])
    yield process
    process.kill()
    process.wait()


def test_a_process_is_known_by_number_and_name(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    file = tmp_path / "pid"
    file.write_text(str(sleeper.pid))

    assert within(10, lambda: named(file, "sleep") == sleeper.pid)
    assert named(file, "dockerd") is None


def test_an_ended_process_leaves_no_file(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    # Its parent is a shell that waits for it: nobody here has to bury it.
    script = f"sleep 60 & echo $! > {file}; wait || true"
    shell = subprocess.Popen(["sh", "-c", script])
    assert within(10, lambda: named(file, "sleep") is not None)

    end(file, "sleep")

    assert not file.exists()
    assert shell.wait(10) == 0


def test_a_container_goes_with_its_shim_and_others_stay(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    shim = tmp_path / "containerd-shim-runc-v2"
    shim.symlink_to("/bin/sh")
    socket = tmp_path / "containerd.sock"
    child = tmp_path / "child"
    script = f"sleep 61 & echo $! > {child}; wait"
    process = subprocess.Popen([shim, "-c", script, "-address", socket])
    assert within(10, lambda: named(child, "sleep") is not None)

    kill_containers(socket)

    process.wait(10)
    assert within(10, lambda: named(child, "sleep") is None)
    assert sleeper.poll() is None
