"""The commands as Kubernetes runs them, from a first installation on."""

import json
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from tests.integration.trainer.support.commands import Jobs
from tests.integration.trainer.support.processed_rows import add_batch, penguins
from tests.late import late
from tools.harness.own_stack import make_roles, stack_to_be

from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.model_spec import ModelSpec
from rookery_local.servers.store_identities import SNAPSHOTS
from rookery_trainer.stored_objects import StoredObjects
from rookery_trainer.tracking.client import connect

MLFLOW = "mlflow does not answer, waiting"


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jobs]:
    """Commands on a stack of which nothing runs before the first test starts it."""
    folder = tmp_path_factory.mktemp("jobs")
    with stack_to_be(folder / "stack") as stack:
        yield Jobs(stack, folder)


@pytest.fixture(scope="module")
def spec(jobs: Jobs) -> ModelSpec:
    """A quick model in the catalog, each of whose sweeps is promoted."""
    sex = load_catalog()["sex"]
    gate = sex.gate.model_copy(update={"policy": "always"})
    quick = sex.model_copy(update={"name": "quick", "trials": 3, "gate": gate})
    jobs.add_spec(quick)
    return quick


def champion(jobs: Jobs, spec: ModelSpec) -> int:
    """Reads which version serves."""
    client = connect(jobs.stack.tracking.settings)
    return int(client.get_registered_model(spec.name).aliases["champion"])


def test_retention_without_mlflow_may_work_later_and_says_what_is_away(jobs: Jobs) -> None:
    job = jobs.run("retention", outage_wait="0")

    assert job.finish() == 1
    (event,) = job.events("failed")
    assert "MLflow has not answered" in str(event["reason"])


def test_at_a_first_installation_a_sweep_waits_for_every_part(
    jobs: Jobs, spec: ModelSpec, tmp_path: Path
) -> None:
    stack = jobs.stack
    arguments = ("sweep", spec.name, "--unless-champion")

    with jobs.start(*arguments, sweep_id="installation", data_wait="400") as sweep:
        sweep.await_event("waiting for data")
        stack.object_store.start()
        stack.postgres.start()
        make_roles(stack)
        add_batch(stack.postgres.settings("ingest"), spec, penguins())
        sweep.await_event("mlflow does not answer, waiting")
        stack.tracking.start()

        assert sweep.finish() == 0, sweep.log.read_text()

    assert champion(jobs, spec) == 1


def test_where_a_champion_is_there_the_next_installation_trains_nothing(
    jobs: Jobs, spec: ModelSpec
) -> None:
    sweep = jobs.run("sweep", spec.name, "--unless-champion", sweep_id="upgrade")

    assert sweep.finish() == 0, sweep.log.read_text()
    assert sweep.events("champion exists")
    assert not sweep.events("trial")
    assert champion(jobs, spec) == 1


def test_a_sweep_that_was_begun_goes_on_though_a_champion_came_meanwhile(
    jobs: Jobs, spec: ModelSpec
) -> None:
    shared = {"sweep_id": uuid4().hex, "shards": "2"}
    halfway = jobs.run("sweep", spec.name, **shared, shard="0")
    assert halfway.finish() == 0, halfway.log.read_text()

    sweep = jobs.run("sweep", spec.name, "--unless-champion", **shared, shard="1")

    assert sweep.finish() == 0, sweep.log.read_text()
    assert champion(jobs, spec) == 2


def test_shards_of_one_job_are_one_sweep(jobs: Jobs, spec: ModelSpec) -> None:
    shared = {"sweep_id": str(uuid4()), "shards": "2"}

    with (
        jobs.start("sweep", spec.name, **shared, shard="0") as one,
        jobs.start("sweep", spec.name, **shared, shard="1") as other,
    ):
        codes = [one.finish(), other.finish()]

    assert codes == [0, 0], one.log.read_text() + other.log.read_text()
    indices = [event["index"] for job in (one, other) for event in job.events("trial")]
    assert sorted(map(str, indices)) == ["0", "1", "2"]
    assert champion(jobs, spec) == 3


def test_what_ctrl_c_ends_is_gone_on_with_by_the_command_in_its_last_line(
    jobs: Jobs, spec: ModelSpec
) -> None:
    long = spec.model_copy(update={"name": "long", "trials": 12})
    jobs.add_spec(long)
    add_batch(jobs.stack.postgres.settings("ingest"), long, penguins())

    with jobs.start("sweep", long.name) as sweep:
        sweep.await_event("trial")
        sweep.process.send_signal(signal.SIGINT)
        assert sweep.finish() == 130, sweep.log.read_text()
    said = json.loads(sweep.log.read_text().splitlines()[-1])
    command = said["reason"].partition("to go on where it ended: rookery-trainer ")[2]
    resumed = jobs.run(*command.split())
    (jobs.folder / "specs" / f"{long.name}.yaml").unlink()

    assert said["event"] == "interrupted"
    assert resumed.finish() == 0, resumed.log.read_text()
    assert len(resumed.events("resumed")) == 1
    assert len(resumed.events("trial")) + len(sweep.events("trial")) == 12
    assert champion(jobs, long) == 1


def test_half_a_shard_will_never_work(jobs: Jobs, spec: ModelSpec) -> None:
    job = jobs.run("sweep", spec.name, sweep_id="a", shard="0")

    assert job.finish() == 42
    assert "set both of them" in str(job.events("failed")[0]["reason"])


def test_a_rollback_job_goes_back_once_however_often_it_is_tried(
    jobs: Jobs, spec: ModelSpec
) -> None:
    arguments = ("rollback", spec.name, "--request-id", str(uuid4()))

    codes = [jobs.run(*arguments).finish() for _ in range(2)]

    assert codes == [0, 0]
    assert champion(jobs, spec) == 2


def test_a_retention_job_keeps_what_is_young(jobs: Jobs, spec: ModelSpec) -> None:
    job = jobs.run("retention")

    assert job.finish() == 0, job.log.read_text()
    assert job.events("kept")
    assert not job.events("removed")
    assert champion(jobs, spec) == 2


def test_retention_removes_stored_rows_that_were_begun_and_never_completed(
    jobs: Jobs, spec: ModelSpec
) -> None:
    objects = StoredObjects(jobs.stack.object_store.settings, f"s3://{SNAPSHOTS}")
    objects.put(f"{spec.name}/begun/part-00000.parquet", b"rows")
    knowing = replace(jobs, elsewhere={"ROOKERY_SNAPSHOT_BUCKET": SNAPSHOTS})

    tried = knowing.run("retention", spec.name, "--dry-run")
    was_kept = objects.keys(f"{spec.name}/begun/")
    job = knowing.run("retention", spec.name)

    assert (tried.finish(), job.finish()) == (0, 0), job.log.read_text()
    assert len(was_kept) == 1
    assert objects.keys(f"{spec.name}/begun/") == []
    (event,) = job.events("old rows dropped")
    assert (event["model"], event["objects"]) == (spec.name, 1)


def test_retention_leaves_a_model_without_a_valid_spec_alone_and_looks_at_the_others(
    jobs: Jobs, spec: ModelSpec
) -> None:
    other = spec.model_copy(update={"name": "swift"})
    jobs.add_spec(other)
    add_batch(jobs.stack.postgres.settings("ingest"), other, penguins())
    assert jobs.run("sweep", other.name, sweep_id="swift").finish() == 0
    file = jobs.folder / "specs" / f"{spec.name}.yaml"
    good = file.read_text()
    file.write_text("name: [")
    try:
        job = jobs.run("retention")
        alone = jobs.run("retention", spec.name)
    finally:
        file.write_text(good)

    assert (job.finish(), alone.finish()) == (42, 42)
    assert {event["model"] for event in job.events("kept")} == {other.name}
    assert not alone.events("kept")
    for each in (job, alone):
        assert f"{spec.name}.yaml is not YAML" in str(each.events("failed")[0]["reason"])


@pytest.mark.parametrize(
    ("arguments", "waits"),
    [
        (("sweep", "--unless-champion"), {"waiting for data": "postgres", MLFLOW: "mlflow"}),
        (
            ("rollback", "--to", "2"),
            {"postgresql does not answer, waiting": "postgres", MLFLOW: "mlflow"},
        ),
        (
            ("retention",),
            {
                MLFLOW: "mlflow",
                "waiting for the database": "postgres",
                "object store does not answer, waiting": "store",
            },
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_where_policies_are_enforced_a_new_pod_is_refused_at_first_and_done_in_the_end(
    jobs: Jobs, spec: ModelSpec, arguments: tuple[str, ...], waits: dict[str, str]
) -> None:
    stack, (command, *options) = jobs.stack, arguments
    ports = {
        "postgres": stack.addresses.postgres,
        "mlflow": stack.addresses.mlflow,
        "store": stack.addresses.object_store[0],
    }
    with ExitStack() as held:
        refusing = {name: held.enter_context(late(port)) for name, port in ports.items()}
        elsewhere = {
            "ROOKERY_POSTGRES_PORT": str(refusing["postgres"].port),
            "ROOKERY_MLFLOW_POSTGRES_PORT": str(refusing["postgres"].port),
            "ROOKERY_MLFLOW_URL": f"http://127.0.0.1:{refusing['mlflow'].port}",
            "ROOKERY_S3_ENDPOINT_URL": f"http://127.0.0.1:{refusing['store'].port}",
        }
        job = held.enter_context(
            replace(jobs, elsewhere=elsewhere).start(command, spec.name, *options)
        )
        for event, server in waits.items():
            job.await_event(event)
            refusing[server].open()

        assert job.finish() == 0, job.log.read_text()


def test_retention_without_the_object_store_may_work_later_and_says_what_is_away(
    jobs: Jobs, spec: ModelSpec
) -> None:
    jobs.stack.object_store.stop()

    job = jobs.run("retention", spec.name)

    assert job.finish() == 1
    (event,) = job.events("failed")
    assert event["error"] == "StoreAway"
    assert "does not answer" in str(event["reason"])
    assert "see that the object store is up" in str(event["reason"])
