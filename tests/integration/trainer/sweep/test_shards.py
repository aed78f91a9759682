"""Sweeps that several pods share, each compared with the sweep of one pod alone."""

import signal
from dataclasses import replace

from tests.integration.trainer.support.disturbed_sweeps import (
    TRIALS,
    Sweeps,
    assert_once_in_ledger,
)
from tests.integration.trainer.support.processes import finish, resume, wait_until_stopped
from tests.integration.trainer.support.search_spaces import C, solvers
from tests.integration.trainer.support.shared_sweeps import (
    assert_as_alone,
    configurations,
    killed_shard,
    run_at_once,
    shards_of,
)
from tests.integration.trainer.support.sweep_processes import Task, run, start

from rookery_core.manifest import Manifest


def test_shards_at_once_do_what_one_pod_does_alone(
    sweeps: Sweeps, first: Task, undisturbed: Manifest
) -> None:
    task = sweeps.task()

    codes = run_at_once(shards_of(task, 3))

    assert codes == [0] * 3, task.log.read_text()
    assert sweeps.found(task).trials == {"FINISHED": TRIALS}
    assert_as_alone(sweeps, task, first, undisturbed)


def test_a_shard_that_is_done_waits_for_none(
    sweeps: Sweeps, first: Task, undisturbed: Manifest
) -> None:
    task = sweeps.task()
    one, other = shards_of(task, 2)

    assert run(one) == 0, task.log.read_text()
    halfway = sweeps.found(task)
    assert run(other) == 0, task.log.read_text()

    assert halfway.finished == list(range(0, TRIALS, 2))
    assert halfway.parents == {"RUNNING": 1}
    assert halfway.versions == 0
    assert_as_alone(sweeps, task, first, undisturbed)


def test_the_next_pod_of_a_killed_shard_does_its_work(
    sweeps: Sweeps, first: Task, undisturbed: Manifest
) -> None:
    killed_shard(sweeps, first, undisturbed, "finish 7")


def test_a_shard_that_is_started_twice_is_done_once(
    sweeps: Sweeps, first: Task, undisturbed: Manifest
) -> None:
    task = sweeps.task()
    one, other = shards_of(task, 2)

    codes = run_at_once([one, one, other, other])

    assert codes == [0] * 4, task.log.read_text()
    assert sweeps.found(task).trials == {"FINISHED": TRIALS}
    assert_as_alone(sweeps, task, first, undisturbed)


def test_of_shards_that_end_at_the_same_moment_one_concludes(
    sweeps: Sweeps, first: Task, undisturbed: Manifest
) -> None:
    task = sweeps.task()
    stopped = [replace(each, step="look", signal=signal.SIGSTOP) for each in shards_of(task, 2)]
    processes = [start(each) for each in stopped]
    for process in processes:
        wait_until_stopped(process)

    for process in processes:
        resume(process)

    assert [finish(process) for process in processes] == [0, 0], task.log.read_text()
    assert_as_alone(sweeps, task, first, undisturbed)


def test_where_the_shard_that_concludes_dies_the_one_that_waits_concludes(
    sweeps: Sweeps, first: Task, undisturbed: Manifest
) -> None:
    task = sweeps.task()
    one, other = shards_of(task, 2)
    process = start(replace(one, step="look", signal=signal.SIGSTOP))
    wait_until_stopped(process)
    assert run(replace(other, step="intent")) == -signal.SIGKILL

    resume(process)

    assert finish(process) == 0, task.log.read_text()
    assert_as_alone(sweeps, task, first, undisturbed)
    assert run(other) == 0, task.log.read_text()


def test_terminated_shards_leave_nothing_running_and_can_be_continued(
    sweeps: Sweeps, first: Task, undisturbed: Manifest
) -> None:
    task = sweeps.task()
    shards = shards_of(task, 2)
    steps = ("finish 4", "finish 5")
    ended = [
        replace(each, step=step, signal=signal.SIGTERM)
        for each, step in zip(shards, steps, strict=True)
    ]

    assert run_at_once(ended) == [1, 1]
    left = sweeps.found(task)
    assert run_at_once(shards) == [0, 0], task.log.read_text()

    assert left.parents == {"KILLED": 1}
    assert "RUNNING" not in left.trials
    assert_as_alone(sweeps, task, first, undisturbed)


def test_configurations_that_fail_are_replaced_as_in_one_pod(sweeps: Sweeps) -> None:
    space = {"C": C, "solver": solvers("lbfgs", "no-such")}
    alone = sweeps.task(trials=4, search_space=space)
    shared = sweeps.task(trials=4, search_space=space)

    assert run(alone) == 0, alone.log.read_text()
    codes = run_at_once(shards_of(shared, 2))

    assert codes == [0, 0], shared.log.read_text()
    found = sweeps.found(shared)
    assert found.finished == [0, 1, 2, 3]
    assert found.trials == sweeps.found(alone).trials
    assert found.trials["FAILED"] >= 1
    assert configurations(sweeps, shared) == configurations(sweeps, alone)
    assert_once_in_ledger(sweeps, shared)


def test_a_shared_sweep_of_failing_configurations_never_works(sweeps: Sweeps) -> None:
    task = sweeps.task(trials=3, search_space={"C": C, "solver": solvers("no-such")})

    codes = run_at_once(shards_of(task, 2))

    assert 42 in codes
    assert set(codes) <= {0, 42}
    found = sweeps.found(task)
    assert found.parents == {"FAILED": 1}
    assert found.trials == {"FAILED": 6}
    assert found.versions == 0


def test_shards_without_a_trial_do_nothing(sweeps: Sweeps) -> None:
    task = sweeps.task(trials=3)

    codes = run_at_once(shards_of(task, 5))

    assert codes == [0] * 5, task.log.read_text()
    assert sweeps.found(task).trials == {"FINISHED": 3}
    assert_once_in_ledger(sweeps, task)
