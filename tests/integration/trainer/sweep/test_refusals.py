"""What a sweep is refused for, or fails of; the model goes on being served."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
from pandas import DataFrame, concat
from sqlalchemy import Connection, delete, update
from tests.integration.trainer.support.disturbed_sweeps import Sweeps, events
from tests.integration.trainer.support.processed_rows import add_batch, penguins
from tests.integration.trainer.support.processes import finish, resume, wait_until_stopped
from tests.integration.trainer.support.search_spaces import C, solvers
from tests.integration.trainer.support.sweep_processes import Task, run, start

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED
from rookery_core.database.tables import batches, processed_table
from rookery_core.registry_names import TAG_SWEEP, TAG_TRIAL
from rookery_core.spec.distributions import Choice, Uniform

TRIALS = 2


@dataclass(frozen=True)
class ModelWithChampion:
    """A model with a champion, whose rows a test may replace."""

    sweeps: Sweeps
    first: Task
    folder: Path

    def task(self, **changes: object) -> Task:
        """Makes another sweep of the model, with `changes` to its spec."""
        spec = self.first.spec.model_copy(update=changes)
        sweep_id = uuid4().hex
        log = self.folder / f"{sweep_id}.log"
        return replace(self.first, spec=spec, sweep_id=sweep_id, log=log)

    def holds(self, frame: DataFrame) -> None:
        """Makes `frame` the model's only batch."""
        spec = self.first.spec
        with self.changed() as connection:
            connection.execute(delete(processed_table(spec)))
            connection.execute(delete(batches).where(batches.c.model == spec.name))
        add_batch(self.sweeps.postgres.settings("ingest"), spec, frame)

    @contextmanager
    def changed(self) -> Iterator[Connection]:
        """Opens a transaction on the processed rows, for changes that no ingest makes."""
        source = engine(self.sweeps.postgres.settings("ingest"), PROCESSED)
        with source.begin() as connection:
            yield connection
        source.dispose()

    @property
    def aliases(self) -> dict[str, str]:
        """Which version each alias names."""
        found = self.sweeps.client.get_registered_model(self.first.spec.name).aliases
        return {alias: str(version) for alias, version in found.items()}

    def assert_as_before(self) -> None:
        """Asserts that the first sweep's version is champion and alone, and no run is RUNNING."""
        found = self.sweeps.found(self.first)
        assert self.aliases == {"champion": "1"}
        assert found.champion is not None
        assert found.champion.sweep_id == self.first.sweep_id
        assert found.versions == 1
        assert "RUNNING" not in {*found.parents, *found.trials}


@pytest.fixture(scope="module")
def model(sweeps: Sweeps, tmp_path_factory: pytest.TempPathFactory) -> ModelWithChampion:
    """A quick model of the species with a champion."""
    task = sweeps.task(trials=TRIALS, target="species")
    assert run(task) == 0, task.log.read_text()
    model = ModelWithChampion(sweeps, task, tmp_path_factory.mktemp("refusals"))
    model.assert_as_before()
    return model


def assert_failed(task: Task, said: str) -> None:
    """Asserts that the task's last process failed with that sentence, not with a traceback."""
    event = [event for event in events(task) if event["event"] == "failed"][-1]
    assert "exception" not in event
    assert re.search(said, str(event["reason"]))


def with_column(name: str, value: float | None) -> DataFrame:
    """Gives all penguins the same value in that column."""
    return penguins().assign(**{name: value})


def of_species(**most: int) -> DataFrame:
    """Takes at most so many penguins of each species."""
    return concat(penguins().query("species == @name").head(most[name]) for name in most)


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (penguins().head(0), "no training row with a known 'species'"),
        (penguins().head(1), "are the same in all 1 training rows"),
        (with_column("bill_depth_mm", None), "'bill_depth_mm' of '.*' is missing in all"),
        (with_column("bill_depth_mm", 17.0), "'bill_depth_mm' of '.*' is the same in all"),
        (of_species(Adelie=200), "too few: 0 of 'Chinstrap', 0 of 'Gentoo'"),
        (
            of_species(Adelie=200, Gentoo=200, Chinstrap=1),
            r"too few: [01] of 'Chinstrap', at least 5 of each class are needed",
        ),
    ],
    ids=["no row", "one row", "all missing", "constant", "one class", "class of one"],
)
def test_rows_from_which_nothing_can_be_learned_never_work(
    model: ModelWithChampion, frame: DataFrame, said: str
) -> None:
    model.holds(frame)
    task = model.task()

    assert run(task) == 42

    assert_failed(task, said)
    model.assert_as_before()


def test_a_table_that_was_rebuilt_since_its_batch_never_works(model: ModelWithChampion) -> None:
    model.holds(penguins())
    table = processed_table(model.first.spec)
    with model.changed() as connection:
        connection.execute(delete(table).where(table.c.island == "Torgersen"))
    task = model.task()

    assert run(task) == 42

    assert_failed(task, "holds 292 rows as of batch 1, the batch counted 344; it was rebuilt since")
    model.assert_as_before()


def test_a_table_that_changes_during_a_sweep_ends_it_for_good(model: ModelWithChampion) -> None:
    model.holds(penguins())
    spec, task = model.first.spec, model.task()
    table = processed_table(spec)
    assert run(replace(task, step="trial 0")) == -signal.SIGKILL

    with model.changed() as connection:
        connection.execute(update(table).values(body_mass_g=table.c.body_mass_g + 1))
    assert run(task) == 42
    assert_failed(task, f"the rows of '{spec.name}' changed since sweep '{task.sweep_id}' began")
    model.assert_as_before()

    model.holds(penguins().tail(300))
    assert run(task) == 42
    assert_failed(task, f"batch 1 of '{spec.name}' changed since sweep '{task.sweep_id}' began")
    model.assert_as_before()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"search_space": {"C": C, "solver": solvers("none")}},
            "6 configurations failed, the last with: InvalidParameterError: .*at most 5",
        ),
        (
            # Steps so long that scores overflow, and probabilities with them.
            {
                "estimator": "gradient_boosting",
                "search_space": {
                    "learning_rate": Uniform(distribution="uniform", loc=1e308, scale=1e307),
                    "n_estimators": Choice(distribution="choice", values=(1,)),
                },
            },
            "6 configurations failed, the last with: a score is NaN or infinite; at most 5",
        ),
    ],
    ids=["failing", "not a number"],
)
def test_configurations_that_all_fail_never_work(
    model: ModelWithChampion, changes: dict[str, object], said: str
) -> None:
    model.holds(penguins())
    task = model.task(**changes)

    assert run(task) == 42

    assert_failed(task, said)
    model.assert_as_before()


def test_a_sweep_whose_worker_is_killed_may_work_later(model: ModelWithChampion) -> None:
    model.holds(penguins())
    task = model.task(trials=6)
    process = start(replace(task, step="finish 0", signal=signal.SIGSTOP))
    wait_until_stopped(process)
    # The sweep's child process is the fork server, whose children are the workers.
    workers = [
        worker for server in psutil.Process(process.pid).children() for worker in server.children()
    ]

    workers[0].kill()
    resume(process)

    assert finish(process) == 1
    assert_failed(task, "a worker process was killed; give the job more memory or run it again")
    model.assert_as_before()


def test_runs_that_cannot_be_closed_do_not_hide_why_the_sweep_ended(
    model: ModelWithChampion,
) -> None:
    model.holds(penguins())
    space = {"C": C, "solver": solvers("none")}
    task = model.task(search_space=space)
    process = start(replace(task, step="finish 0", signal=signal.SIGSTOP))
    wait_until_stopped(process)
    client = model.sweeps.client
    (parent,) = (
        run.info.run_id
        for run in model.sweeps.runs(task)
        if run.data.tags[TAG_SWEEP] == task.sweep_id and TAG_TRIAL not in run.data.tags
    )
    client.delete_run(parent)

    resume(process)

    assert finish(process) == 42
    assert_failed(task, "6 configurations failed")
    (event,) = (each for each in events(task) if each["event"] == "runs could not be closed")
    assert parent in str(event["reason"])
    model.assert_as_before()
