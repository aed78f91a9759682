"""Signals that end a program."""

import os
import signal
import time

import pytest

from rookery_local.process.signals import ENDING, Interrupted, ctrl_c_ends, interruptible


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
