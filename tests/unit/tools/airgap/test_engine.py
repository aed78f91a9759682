import os
from pathlib import Path

import pytest
from tools.airgap.engine import Engine
from tools.airgap.machine import Machine


def engine(folder: Path, *, lacks_sys_resource: bool = False) -> Engine:
    machine = Machine(lacks_sys_resource, ("eth0",), None, root=True)
    return Engine(folder / "data", machine, run=folder / "run")


@pytest.mark.parametrize(
    "content",
    ["", "not a number", "4194304", str(os.getpid())],
    ids=["empty", "no number", "nobody's", "our own"],
)
def test_a_process_id_of_somebody_else_is_no_running_engine(tmp_path: Path, content: str) -> None:
    ours = engine(tmp_path)
    ours.run.mkdir()
    ours.pid_file.write_text(content)

    assert not ours.running()


def test_stopping_spares_the_process_that_a_stale_file_names(tmp_path: Path) -> None:
    ours = engine(tmp_path)
    ours.run.mkdir()
    ours.pid_file.write_text(str(os.getpid()))

    ours.stop()

    assert not ours.pid_file.exists()


def test_the_runtime_is_wrapped_only_where_the_capability_is_missing(tmp_path: Path) -> None:
    ordinary = engine(tmp_path).configuration()
    lacking = engine(tmp_path, lacks_sys_resource=True).configuration()

    assert "default-runtime" not in ordinary
    runtime = engine(tmp_path).runtime
    assert lacking["runtimes"] == {lacking["default-runtime"]: {"path": str(runtime)}}


def test_the_engine_keeps_to_its_own_folders(tmp_path: Path) -> None:
    configuration = engine(tmp_path).configuration()

    for key in ("data-root", "exec-root", "pidfile"):
        assert str(configuration[key]).startswith(str(tmp_path))
