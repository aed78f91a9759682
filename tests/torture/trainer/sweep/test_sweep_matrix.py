"""A sweep under every disturbance, whole."""

import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from tests.integration.trainer.support.disturbed_sweeps import (
    STEPS,
    Sweeps,
    assert_once_in_ledger,
    assert_same_model,
    assert_whole,
    killed_before,
)
from tests.integration.trainer.support.processes import (
    finish,
    pid_of,
    resume,
    wait_until_stopped,
)
from tests.integration.trainer.support.sweep_processes import run, start
from tools.harness.own_stack import own_stack

from rookery_core.manifest import Manifest
from rookery_local.stack.stack import Stack
from rookery_trainer.locks.lock import LockTimes
from rookery_trainer.tracking.client import connect

AWAY = 30.0
"""Seconds for which a server is away."""


@pytest.mark.parametrize("step", STEPS)
def test_killed_before_every_step(
    sweeps: Sweeps,
    undisturbed: Manifest,
    step: str,
    record_property: Callable[[str, object], None],
) -> None:
    left = killed_before(sweeps, step, undisturbed)

    found = {**vars(left), "champion": left.champion is not None}
    record_property("found", json.dumps(found))


@pytest.mark.parametrize("server", ["postgres", "object_store", "tracking"])
def test_a_sweep_outlasts_a_server(undisturbed: Manifest, tmp_path: Path, server: str) -> None:
    with own_stack(tmp_path / "stack") as stack:
        sweeps = _sweeps(stack, tmp_path)
        # The object store is first used when the best trial's bundle is put there.
        step = "bundle" if server == "object_store" else "finish 5"
        task = replace(sweeps.task(), step=step, signal=signal.SIGSTOP)
        process = start(task)
        wait_until_stopped(process)

        getattr(stack, server).stop()
        resume(process)
        time.sleep(AWAY)
        getattr(stack, server).start()

        assert finish(process) == 0, task.log.read_text()
        assert_whole(sweeps, task, undisturbed)
        assert_once_in_ledger(sweeps, task)


def test_a_sweep_that_was_stopped_too_long_is_refused(
    sweeps: Sweeps, undisturbed: Manifest
) -> None:
    idle = LockTimes().idle
    task = sweeps.task()
    stopped = start(replace(task, step="finish 4", signal=signal.SIGSTOP))
    wait_until_stopped(stopped)
    time.sleep(idle + 5)

    assert run(task) == 0, task.log.read_text()
    resume(stopped)

    assert finish(stopped) == 0
    assert_whole(sweeps, task, undisturbed)
    assert_once_in_ledger(sweeps, task)


def test_a_killed_sweep_leaves_no_process_behind(sweeps: Sweeps) -> None:
    task = sweeps.task()
    stopped = start(replace(task, step="finish 4", signal=signal.SIGSTOP))
    wait_until_stopped(stopped)
    # The fork server, and the workers that it forked.
    descendants = psutil.Process(pid_of(stopped)).children(recursive=True)
    assert len(descendants) >= 1 + 2

    os.kill(pid_of(stopped), signal.SIGKILL)

    assert finish(stopped) == -signal.SIGKILL
    _, alive = psutil.wait_procs(descendants, timeout=60)
    assert not alive


def test_a_replay_on_another_stack_answers_alike(undisturbed: Manifest, tmp_path: Path) -> None:
    with own_stack(tmp_path / "stack") as stack:
        sweeps = _sweeps(stack, tmp_path)
        task = sweeps.task()

        assert run(task) == 0, task.log.read_text()

        champion = sweeps.champion(task)
        assert champion is not None
        assert_same_model(champion, undisturbed)


def _sweeps(stack: Stack, folder: Path) -> Sweeps:
    client = connect(stack.tracking.settings)
    return Sweeps(client, stack.postgres, stack.tracking.settings, folder)
