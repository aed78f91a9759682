"""What is said while helm waits."""

import pytest
from tests.unit.local.cluster.api_server import APPS, BATCH, CORE, ApiServer
from tests.unit.local.cluster.objects import deployment, job, pod

from rookery_core.errors import Refused
from rookery_local.cluster.installation import Installation
from rookery_local.cluster.namespace import Namespace

TRAINER = "bootstrap-trainer-sex-1a2b"
TRIAL = '{"event": "trial", "index": 0, "of": 20, "log_loss": 0.1}\n'


class Told:
    """A step that keeps what it was told."""

    def __init__(self) -> None:
        self.advances: list[tuple[int, int, str]] = []

    def advance(self, done: int, of: int, note: str = "") -> None:
        """As of a step."""
        self.advances.append((done, of, note))

    def note(self, text: str) -> None:
        """As of a step."""

    def conclude(self, note: str) -> None:
        """As of a step."""


def test_nothing_is_said_before_there_is_anything(namespace: Namespace) -> None:
    told = Told()

    Installation(namespace, told).look()

    assert told.advances == []


def test_what_is_waited_for_is_said_with_the_words_of_its_jobs_and_once(
    server: ApiServer, namespace: Namespace
) -> None:
    server.put(f"{APPS}/deployments", deployment("api"))
    server.put(f"{APPS}/deployments", deployment("mlflow", ready=False))
    server.put(f"{BATCH}/jobs", job(TRAINER))
    server.put(f"{CORE}/pods", pod("trainer-1", TRAINER))
    server.logs["trainer-1"] = TRIAL
    told = Told()
    installation = Installation(namespace, told)

    installation.look()
    installation.look()

    ((done, of, said),) = told.advances
    assert (done, of) == (1, 3)
    assert said == f"waiting for {TRAINER} (1/20 trial, log loss 0.1), mlflow"
    assert installation.said == said


def test_a_job_that_failed_ends_it_with_its_reason_and_its_log(
    server: ApiServer, namespace: Namespace
) -> None:
    server.put(f"{BATCH}/jobs", job(TRAINER, "Failed", "PodFailurePolicy", "exit code 42"))
    server.put(f"{CORE}/pods", pod("trainer-1", TRAINER, "Failed", 42))
    server.logs["trainer-1"] = f'{TRIAL}{{"event": "failed", "reason": "too few rows"}}\n'

    with pytest.raises(Refused) as refused:
        Installation(namespace, Told()).look()

    said = str(refused.value)
    assert said.startswith(
        f"Job {TRAINER} failed: too few rows\nThe end of the log of trainer-1:\n"
    )
    assert TRIAL.strip() in said
