"""The processor time of a block: that of processes for which nobody waits is in it."""

import subprocess
import sys

import pytest
from tools.failure import ToolError
from tools.league import processor_time as measured
from tools.league.processor_time import processor_time

BUSY = "import time\nwhile time.process_time() < 0.3: pass"
ORPHAN = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {BUSY!r}]); "
"""Starts a process, and ends before it."""


@pytest.mark.parametrize("program", [BUSY, ORPHAN])
def test_what_a_process_and_its_orphans_take_is_counted(program: str) -> None:
    with processor_time() as spent:
        subprocess.run([sys.executable, "-c", program], check=True)

    assert spent.seconds >= 0.3


def test_what_was_before_the_block_is_not_counted() -> None:
    subprocess.run([sys.executable, "-c", BUSY], check=True)

    with processor_time() as spent:
        pass

    assert 0 <= spent.seconds < 0.2


def test_a_process_that_goes_on_is_no_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measured, "PATIENCE", 0.2)
    started = []

    with pytest.raises(ToolError, match="still runs"), processor_time():
        started.append(subprocess.Popen(["sleep", "60"]))

    started[0].kill()
    started[0].wait()


def test_a_process_that_ran_before_goes_on() -> None:
    sleeping = subprocess.Popen(["sleep", "60"])

    with processor_time() as spent:
        subprocess.run([sys.executable, "-c", BUSY], check=True)

    assert spent.seconds >= 0.3
    assert sleeping.poll() is None
    sleeping.kill()
    sleeping.wait()
