"""A sweep that has read a row which is forgotten ends, and another one takes its place."""

import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from tests.integration.trainer.support.disturbed_sweeps import Sweeps, events, ledger
from tests.integration.trainer.support.forgettable import (
    ForgettableModel,
    forgettable,
    numbered,
)
from tests.integration.trainer.support.processes import finish, resume, wait_until_stopped
from tests.integration.trainer.support.sweep_processes import Task, run, start
from tests.some import some

from rookery_local.servers.postgres import Postgres
from rookery_trainer.share import Share

BIRD = 7
MakeTask = Callable[[], Task]


@pytest.fixture
def model(postgres: Postgres, tmp_path: Path) -> ForgettableModel:
    """A model of one batch, all penguins."""
    model = forgettable(postgres.settings("ingest"), tmp_path)
    model.ingest(numbered())
    return model


@pytest.fixture
def new_task(model: ForgettableModel, sweeps: Sweeps, tmp_path: Path) -> MakeTask:
    """Makes sweeps of the model."""

    def make() -> Task:
        sweep_id = uuid4().hex
        trainer = sweeps.postgres.settings("trainer")
        log = tmp_path / f"{sweep_id}.log"
        return Task(trainer, sweeps.tracking, model.spec, sweep_id, log)

    return make


def failure(task: Task) -> str:
    """Reads why the task's last process failed."""
    return str([event for event in events(task) if event["event"] == "failed"][-1]["reason"])


def watermarks(sweeps: Sweeps, task: Task) -> dict[str, str]:
    """Reads the status of the sweep's parent run by the batch that it has read."""
    runs = sweeps.runs(task)
    tags = [(run.data.tags.get("rookery.watermark"), run.info.status) for run in runs]
    return {watermark: status for watermark, status in tags if watermark}


@pytest.mark.parametrize("step", ["trial 1", "register"])
def test_a_sweep_that_was_killed_before_a_row_was_forgotten_begins_anew(
    model: ForgettableModel, sweeps: Sweeps, new_task: MakeTask, step: str
) -> None:
    task = new_task()
    assert run(replace(task, step=step)) == -signal.SIGKILL
    model.forget(BIRD)

    first, second, third = run(task), run(task), run(task)

    assert (first, second, third) == (1, 0, 0), task.log.read_text()
    assert "was forgotten since; run the job again" in failure(task)
    assert watermarks(sweeps, task) == {"1": "KILLED", "2": "FINISHED"}
    [(sweep_id, outcome)] = ledger(sweeps, task)
    assert (sweep_id != task.sweep_id, outcome) == (True, "committed")


@pytest.mark.parametrize("step", ["finish 0", "report"])
def test_a_sweep_under_way_when_a_row_is_forgotten_promotes_nothing_of_it(
    model: ForgettableModel, sweeps: Sweeps, new_task: MakeTask, step: str
) -> None:
    task = new_task()
    process = start(replace(task, step=step, signal=signal.SIGSTOP))
    wait_until_stopped(process)
    model.forget(BIRD)
    resume(process)

    assert finish(process) == 1, task.log.read_text()

    assert "was forgotten since" in failure(task)
    assert ledger(sweeps, task) == []
    assert run(task) == 0, task.log.read_text()
    assert watermarks(sweeps, task) == {"1": "KILLED", "2": "FINISHED"}


def test_a_row_that_only_an_earlier_batch_had_ends_its_sweep_too(
    model: ForgettableModel, sweeps: Sweeps, new_task: MakeTask
) -> None:
    task = new_task()
    assert run(replace(task, step="trial 1")) == -signal.SIGKILL
    model.ingest(numbered().drop(index=BIRD))
    assert model.forget(BIRD).batch.forgotten == 0

    assert [run(task), run(task)] == [1, 0], task.log.read_text()

    assert watermarks(sweeps, task) == {"1": "KILLED", "3": "FINISHED"}


def test_a_sweep_that_never_read_the_row_goes_on(
    model: ForgettableModel, sweeps: Sweeps, new_task: MakeTask
) -> None:
    model.ingest(numbered().drop(index=BIRD))
    task = new_task()
    assert run(replace(task, step="trial 1")) == -signal.SIGKILL
    model.forget(BIRD)

    assert run(task) == 0, task.log.read_text()

    assert watermarks(sweeps, task) == {"2": "FINISHED"}


def test_a_table_made_anew_after_a_row_was_forgotten_ends_a_sweep_of_before(
    model: ForgettableModel, sweeps: Sweeps, new_task: MakeTask
) -> None:
    task = new_task()
    assert run(replace(task, step="trial 1")) == -signal.SIGKILL
    model.forget(BIRD)
    spec = model.spec
    wider = spec.columns[-1].model_copy(update={"range": (0.0, 2e6)})
    model.spec = spec.model_copy(update={"columns": (*spec.columns[:-1], wider)})
    model.ingest(numbered())
    model.spec = spec
    model.ingest(numbered())

    assert [run(task), run(task)] == [1, 0], task.log.read_text()


def test_shards_whose_row_was_forgotten_are_all_tried_anew(
    model: ForgettableModel, sweeps: Sweeps, new_task: MakeTask
) -> None:
    task = new_task()
    first, second = (replace(task, share=Share(shard, 2)) for shard in range(2))
    assert run(first) == 0, task.log.read_text()
    model.forget(BIRD)

    codes = [run(second), run(second)]

    assert codes == [1, 0], task.log.read_text()
    finished = [each for each in sweeps.runs(task) if each.info.status == "FINISHED"]
    assert len(some(finished)) == 1 + 1 + model.spec.trials
    assert [outcome for _, outcome in ledger(sweeps, task)] == ["committed"]
