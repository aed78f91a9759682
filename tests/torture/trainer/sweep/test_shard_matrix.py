"""A sweep that two pods share, one of which is killed at every step."""

import signal
import time
from dataclasses import replace

import pytest
from tests.integration.trainer.support.disturbed_sweeps import STEPS, Sweeps
from tests.integration.trainer.support.processes import finish, resume, wait_until_stopped
from tests.integration.trainer.support.shared_sweeps import (
    assert_as_alone,
    killed_shard,
    shards_of,
)
from tests.integration.trainer.support.sweep_processes import Task, run, start

from rookery_core.manifest import Manifest
from rookery_trainer.locks.lock import LockTimes

OTHERS = {f"{verb} {index}" for index in range(0, 20, 2) for verb in ("trial", "finish")}
"""Steps of the shard that is not killed."""


@pytest.mark.parametrize("step", [*(step for step in STEPS if step not in OTHERS), "look"])
def test_killed_before_every_step(
    sweeps: Sweeps, first: Task, undisturbed: Manifest, step: str
) -> None:
    killed_shard(sweeps, first, undisturbed, step)


def test_a_shard_killed_beside_another_leaves_it_alone(
    sweeps: Sweeps, first: Task, undisturbed: Manifest
) -> None:
    task = sweeps.task()
    one, other = shards_of(task, 2)

    process = start(one)
    assert run(replace(other, step="finish 9")) == -signal.SIGKILL
    assert run(other) == 0
    assert finish(process) == 0

    killed = sweeps.found(task).trials["KILLED"]
    assert 1 <= killed <= 2
    assert_as_alone(sweeps, task, first, undisturbed)


def test_a_shard_that_was_stopped_too_long_is_refused(
    sweeps: Sweeps, first: Task, undisturbed: Manifest
) -> None:
    task = sweeps.task()
    other, slow = shards_of(task, 2)
    assert run(other) == 0, task.log.read_text()
    stopped = start(replace(slow, step="finish 5", signal=signal.SIGSTOP))
    wait_until_stopped(stopped)
    time.sleep(LockTimes().idle + 5)

    assert run(slow) == 0, task.log.read_text()
    resume(stopped)

    assert finish(stopped) == 0
    assert_as_alone(sweeps, task, first, undisturbed)
