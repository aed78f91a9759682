"""Signals that end a program."""

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rookery_local.process.signals import ENDING, Interrupted, ctrl_c_ends, interruptible

IN_A_TERMINAL = """
import os, sys, time
from pathlib import Path
from rookery_local.process.signals import Interrupted, interruptible
os.close(os.open(os.ttyname(0), os.O_RDWR))
try:
    with interruptible():
        try:
            print("ready", flush=True)
            time.sleep(60)
        finally:
            print("stopping", flush=True)
            Path(sys.argv[1]).write_text("cleaned up")
except Interrupted as interrupted:
    sys.exit(interrupted.exit_code)
"""
"""Makes standard input the controlling terminal; when it is interrupted it speaks first."""


def kill_oneself(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)
    # The handler runs at the latest while we wait.
    time.sleep(5)


@pytest.mark.parametrize("number", ENDING)
def test_the_first_signal_to_end_is_raised_and_later_ones_are_ignored(
    number: signal.Signals,
) -> None:
    with interruptible():
        with pytest.raises(Interrupted) as caught:
            kill_oneself(number)

        for later in ENDING:
            os.kill(os.getpid(), later)

    assert caught.value.exit_code == 128 + number
    assert caught.value.was_asked_for is (number is signal.SIGINT)


def test_the_earlier_handlers_are_restored() -> None:
    before = [signal.getsignal(number) for number in ENDING]

    with interruptible():
        assert [signal.getsignal(number) for number in ENDING] != before

    assert [signal.getsignal(number) for number in ENDING] == before


def test_only_ctrl_c_ends_a_program_that_stays_in_a_terminal_quietly() -> None:
    with interruptible(), ctrl_c_ends():
        kill_oneself(signal.SIGINT)

    for number in (signal.SIGTERM, signal.SIGHUP):
        with interruptible(), pytest.raises(Interrupted), ctrl_c_ends():
            kill_oneself(number)


def test_a_program_whose_terminal_was_closed_cleans_up_and_ends_as_by_any_signal(
    tmp_path: Path,
) -> None:
    own, theirs = pty.openpty()
    done = tmp_path / "done"
    child = subprocess.Popen(
        [sys.executable, "-c", IN_A_TERMINAL, done],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    assert os.read(own, 100).startswith(b"ready")

    os.close(own)

    assert child.wait(60) == 128 + signal.SIGHUP
    assert done.read_text() == "cleaned up"
