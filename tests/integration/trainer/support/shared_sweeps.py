"""Sweeps that several pods share, and what must be true afterwards; all cases are in torture."""

import signal
from collections.abc import Sequence
from dataclasses import replace

from tests.integration.trainer.support.disturbed_sweeps import (
    Sweeps,
    assert_once_in_ledger,
    assert_whole,
)
from tests.integration.trainer.support.processes import finish
from tests.integration.trainer.support.sweep_processes import Task, run, start

from rookery_core.manifest import Manifest
from rookery_core.registry_names import TAG_TRIAL
from rookery_trainer.share import Share


def shards_of(task: Task, number: int) -> list[Task]:
    """Divides the task among that many pods, with one worker process each."""
    settings = task.settings.model_copy(update={"processes": 1})
    return [replace(task, share=Share(shard, number), settings=settings) for shard in range(number)]


def run_at_once(tasks: Sequence[Task]) -> list[int]:
    """Runs them at once; returns their exit codes."""
    return [finish(process) for process in [start(task) for task in tasks]]


def configurations(sweeps: Sweeps, task: Task) -> dict[int, dict[str, str]]:
    """Reads the parameters of the FINISHED trials, by index."""
    return {
        int(run.data.tags[TAG_TRIAL]): run.data.params
        for run in sweeps.runs(task)
        if TAG_TRIAL in run.data.tags and run.info.status == "FINISHED"
    }


def assert_as_alone(sweeps: Sweeps, task: Task, first: Task, undisturbed: Manifest) -> None:
    """Asserts the same trials, champion and ledger as in the sweep of one pod alone."""
    assert_whole(sweeps, task, undisturbed)
    assert_once_in_ledger(sweeps, task)
    assert configurations(sweeps, task) == configurations(sweeps, first)


def killed_shard(sweeps: Sweeps, first: Task, undisturbed: Manifest, step: str) -> None:
    """Kills one of two shards before `step`; its next pod, beside the other's, completes it.

    Before the sweep is pinned there is no other; later it is done, so that the killed shard is the
    one that concludes.
    """
    task = sweeps.task()
    other, killed = shards_of(task, 2)
    if step != "pin":
        assert run(other) == 0, task.log.read_text()
    assert run(replace(killed, step=step)) == -signal.SIGKILL

    codes = run_at_once([killed, other])

    assert codes == [0, 0], task.log.read_text()
    assert_as_alone(sweeps, task, first, undisturbed)
