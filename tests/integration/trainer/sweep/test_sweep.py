import signal
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from tests.integration.trainer.support.disturbed_sweeps import (
    STEPS,
    TRIALS,
    Sweeps,
    assert_once_in_ledger,
    assert_same_model,
    assert_whole,
    events,
    killed_before,
    steps,
)
from tests.integration.trainer.support.processed_rows import add_batch, penguins
from tests.integration.trainer.support.processes import finish
from tests.integration.trainer.support.search_spaces import C, solvers
from tests.integration.trainer.support.sweep_processes import Task, run, start
from tests.some import some
from tools.harness.counting_proxy import counting_proxy

from rookery_core.manifest import Manifest
from rookery_core.registry_names import TAG_TRIAL
from rookery_core.settings import TrackingSettings
from rookery_local.servers.tracking_server import TrackingServer


def test_a_sweep_leaves_its_trials_a_champion_and_one_ledger_entry(
    sweeps: Sweeps, first: Task, undisturbed: Manifest
) -> None:
    assert_whole(sweeps, first, undisturbed)
    assert_once_in_ledger(sweeps, first)
    told = {event["index"] for event in events(first) if event["event"] == "trial"}
    assert told == set(range(TRIALS))


def test_every_trial_has_parameters_scores_dataset_and_tags(sweeps: Sweeps, first: Task) -> None:
    trials = [run for run in sweeps.runs(first) if TAG_TRIAL in run.data.tags]
    parents = [run for run in sweeps.runs(first) if TAG_TRIAL not in run.data.tags]

    names = {"accuracy", "balanced_accuracy", "macro_f1", "log_loss", "recall_MALE"}
    for trial in some(trials):
        assert trial.data.params.keys() == {*first.spec.search_space, "estimator"}
        assert {f"cv_{name}" for name in names} <= trial.data.metrics.keys()
        assert {f"cv_{name}_std" for name in names} <= trial.data.metrics.keys()
        assert trial.data.tags["mlflow.parentRunId"] == parents[0].info.run_id
        assert trial.inputs
        (dataset,) = trial.inputs.dataset_inputs
        assert dataset.dataset.name == first.spec.name
        assert len({tuple(sorted(t.data.params.items())) for t in trials}) == TRIALS
        assert dataset.dataset.digest == parents[0].data.tags["rookery.data_digest"][:36]


def test_a_first_sweep_comes_to_every_step_at_which_one_is_killed(first: Task) -> None:
    assert steps(first) == set(STEPS)


def test_the_parent_run_holds_the_report(sweeps: Sweeps, first: Task) -> None:
    (parent,) = (run for run in sweeps.runs(first) if TAG_TRIAL not in run.data.tags)

    files = {file.path for file in sweeps.client.list_artifacts(parent.info.run_id)}

    assert files == {"confusion.png", "classes.csv", "search.png", "spec.json"}
    assert parent.data.tags["rookery.decision"] == "promoted"


def test_the_same_sweep_again_changes_nothing(
    sweeps: Sweeps, first: Task, undisturbed: Manifest
) -> None:
    before = {run.info.run_id for run in sweeps.runs(first)}

    assert run(first) == 0

    assert {run.info.run_id for run in sweeps.runs(first)} == before
    assert_whole(sweeps, first, undisturbed)


def test_a_replay_of_an_ordinal_gives_the_same_model(
    sweeps: Sweeps, first: Task, undisturbed: Manifest
) -> None:
    replay = replace(first, sweep_id=uuid4().hex, ordinal=1)

    assert run(replay) == 0, replay.log.read_text()

    versions = sweeps.client.search_model_versions(f"name = '{first.spec.name}'")
    replayed = next(each for each in versions if int(each.version) == 2)
    path = sweeps.client.download_artifacts(str(replayed.run_id), "bundle/manifest.json")
    assert_same_model(Manifest.model_validate_json(Path(path).read_text()), undisturbed)
    assert sweeps.client.get_registered_model(first.spec.name).aliases["champion"] in ("1", 1)


@pytest.mark.parametrize("step", ["finish 7", "model ready"])
def test_a_killed_sweep_is_made_whole(sweeps: Sweeps, undisturbed: Manifest, step: str) -> None:
    assert step in STEPS

    killed_before(sweeps, step, undisturbed)


def test_two_live_processes_of_one_sweep_make_one(sweeps: Sweeps, undisturbed: Manifest) -> None:
    task = sweeps.task()

    codes = [finish(process) for process in (start(task), start(task))]

    assert codes == [0, 0], task.log.read_text()
    assert sweeps.found(task).trials == {"FINISHED": TRIALS}
    assert_whole(sweeps, task, undisturbed)
    assert_once_in_ledger(sweeps, task)


def test_a_terminated_sweep_leaves_nothing_running_and_can_be_continued(
    sweeps: Sweeps, undisturbed: Manifest
) -> None:
    task = sweeps.task()

    assert run(replace(task, step="finish 3", signal=signal.SIGTERM)) == 1
    left = sweeps.found(task)
    assert run(task) == 0

    assert left.parents == {"KILLED": 1}
    assert "RUNNING" not in left.trials
    assert_whole(sweeps, task, undisturbed)


def test_a_trial_takes_at_most_four_requests(sweeps: Sweeps, tracking: TrackingServer) -> None:
    counts = []
    for trials in (2, 7):
        with counting_proxy(tracking.settings.url) as proxy:
            task = replace(sweeps.task(trials=trials), tracking=TrackingSettings(url=proxy.url))
            assert run(task) == 0, task.log.read_text()
        counts.append(proxy.requests.total())

    assert (counts[1] - counts[0]) / 5 <= 4


def test_all_models_are_logged_where_the_spec_says_so(sweeps: Sweeps) -> None:
    task = sweeps.task(trials=3, log_models="all")

    assert run(task) == 0, task.log.read_text()

    assert sweeps.ready_models(task) == 3
    trials = [run for run in sweeps.runs(task) if TAG_TRIAL in run.data.tags]
    assert all(run.outputs and len(run.outputs.model_outputs) == 1 for run in some(trials))


def test_a_configuration_that_fails_is_replaced_by_the_next_draw(sweeps: Sweeps) -> None:
    task = sweeps.task(trials=4, search_space={"C": C, "solver": solvers("lbfgs", "no-such")})

    assert run(task) == 0, task.log.read_text()

    found = sweeps.found(task)
    assert found.finished == [0, 1, 2, 3]
    assert 1 <= found.trials["FAILED"] <= 5


def test_a_sweep_of_failing_configurations_never_works(sweeps: Sweeps) -> None:
    task = sweeps.task(trials=3, search_space={"C": C, "solver": solvers("no-such")})

    assert run(task) == 42

    found = sweeps.found(task)
    assert found.parents == {"FAILED": 1}
    assert found.trials == {"FAILED": 6}
    assert found.versions == 0


def test_a_spec_that_changed_during_a_sweep_ends_it_for_good(sweeps: Sweeps) -> None:
    task = sweeps.task(trials=3)
    assert run(replace(task, step="trial 1")) == -signal.SIGKILL
    changed = task.spec.model_copy(update={"folds": 4})

    assert run(replace(task, spec=changed)) == 42

    assert "changed since sweep" in task.log.read_text()


def test_rows_that_come_during_a_sweep_are_for_the_next_one(
    sweeps: Sweeps, undisturbed: Manifest
) -> None:
    task = sweeps.task()
    assert run(replace(task, step="trial 5")) == -signal.SIGKILL
    add_batch(sweeps.postgres.settings("ingest"), task.spec, penguins().tail(100))

    assert run(task) == 0, task.log.read_text()

    assert_whole(sweeps, task, undisturbed)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (slice(0, 0), "no training row"),
        (slice(0, 1), "the same in all 1 training rows"),
        (slice(0, 12), "too few"),
    ],
)
def test_too_few_rows_never_work(sweeps: Sweeps, rows: slice, said: str) -> None:
    task = sweeps.task(penguins()[rows])

    assert run(task) == 42

    assert said in task.log.read_text()
    assert sweeps.found(task).parents == {}


def test_without_a_completed_batch_a_retry_may_help(sweeps: Sweeps) -> None:
    task = sweeps.task()
    unknown = task.spec.model_copy(update={"name": f"t{uuid4().hex[:12]}"})

    assert run(replace(task, spec=unknown)) == 1

    assert "no completed batch" in task.log.read_text()
