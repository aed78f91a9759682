"""The progress that is reported while helm waits."""

import pytest
from tests.unit.local.support.kubernetes_api import APPS, BATCH, CORE, ApiServer
from tests.unit.local.support.kubernetes_objects import deployment, job, pod
from tests.unit.local.support.recorded_step import RecordedStep

from rookery_core.errors import Refused
from rookery_local.cluster.namespace import Namespace
from rookery_local.kind.installation import Installation, note, readiness

TRAINER = "bootstrap-trainer-sex-1a2b"
TRIAL = '{"event": "trial", "index": 0, "of": 20, "selected_by": "log_loss", "log_loss": 0.1}\n'


def test_nothing_is_reported_before_there_is_an_object(namespace: Namespace) -> None:
    step = RecordedStep()

    Installation(namespace, step).poll()

    assert step.advances == []


def test_what_is_waited_for_is_reported_once_with_the_progress_of_its_jobs(
    server: ApiServer, namespace: Namespace
) -> None:
    server.put(f"{APPS}/deployments", deployment("api"))
    server.put(f"{APPS}/deployments", deployment("mlflow", ready=False))
    server.put(f"{BATCH}/jobs", job(TRAINER))
    server.put(f"{CORE}/pods", pod("trainer-1", TRAINER))
    server.logs["trainer-1"] = TRIAL
    step = RecordedStep()
    installation = Installation(namespace, step)

    installation.poll()
    installation.poll()

    ((done, of, said),) = step.advances
    assert (done, of) == (1, 3)
    assert said == f"waiting for {TRAINER} (1/20 done; trial 0: log loss 0.1), mlflow"
    assert installation.said == said


def test_a_job_that_failed_ends_the_installation_with_its_reason_and_its_log(
    server: ApiServer, namespace: Namespace
) -> None:
    server.put(f"{BATCH}/jobs", job(TRAINER, "Failed", "PodFailurePolicy", "exit code 42"))
    server.put(f"{CORE}/pods", pod("trainer-1", TRAINER, "Failed", 42))
    server.logs["trainer-1"] = f'{TRIAL}{{"event": "failed", "reason": "too few rows"}}\n'

    with pytest.raises(Refused) as refused:
        Installation(namespace, RecordedStep()).poll()

    said = str(refused.value)
    assert said.startswith(
        f"Job {TRAINER} failed: too few rows\nThe end of the log of trainer-1:\n"
    )
    assert TRIAL.strip() in said


def test_deployments_and_the_charts_own_jobs_are_waited_for() -> None:
    of_a_cron_job = job("trainer-species-x1")
    of_a_cron_job["metadata"]["ownerReferences"] = [{"kind": "CronJob", "name": "trainer-species"}]
    jobs = [
        job("bootstrap-databases", "Complete"),
        job("bootstrap-ingest-sex"),
        of_a_cron_job,
    ]

    found = readiness([deployment("api"), deployment("mlflow", ready=False)], jobs)

    assert found.ready == ("api", "bootstrap-databases")
    assert found.waiting == ("bootstrap-ingest-sex", "mlflow")
    assert found.failed == ()


def test_a_failed_job_is_step_apart_from_one_that_runs() -> None:
    found = readiness([], [job("bootstrap-trainer-sex", "Failed")])

    assert found.failed == ("bootstrap-trainer-sex",)


def test_the_note_names_what_is_waited_for_and_why_a_pod_does_not_run() -> None:
    waiting = {"reason": "ImagePullBackOff", "message": "no such image"}
    pod = {
        "metadata": {"name": "mlflow-1"},
        "status": {"containerStatuses": [{"state": {"waiting": waiting}}]},
    }

    found = readiness([deployment("mlflow", ready=False)], [job("bootstrap-trainer-sex")])
    said = note(found, [pod], {"bootstrap-trainer-sex": "3/20"})

    assert said == (
        "waiting for bootstrap-trainer-sex (3/20), mlflow; "
        "mlflow-1: ImagePullBackOff: no such image"
    )
