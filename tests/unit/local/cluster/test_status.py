"""What `rookery cluster status` says of Jobs."""

import io

import pytest
from rich.console import Console
from tests.unit.local.support.kubernetes_api import BATCH, CORE, ApiServer
from tests.unit.local.support.kubernetes_objects import Object, job, pod

from rookery_local.cluster.namespace import Namespace
from rookery_local.cluster.status import JOBS, show

TRIAL = '{"event": "trial", "index": 1}\n'


def created(second: int, made: Object) -> Object:
    """The Job, made at that second."""
    made["metadata"]["creationTimestamp"] = f"2026-11-26T12:00:{second:02}Z"
    return made


def said_of_jobs(namespace: Namespace) -> dict[str, str]:
    """The state that is shown of each Job, by name."""
    written = io.StringIO()
    show(Console(file=written, width=200), namespace)
    lines = [line.split(maxsplit=1) for line in written.getvalue().splitlines() if line.strip()]
    return {name: rest[0].strip() for name, *rest in lines if rest and name.startswith("bootstrap")}


@pytest.mark.parametrize(
    ("log", "state"),
    [
        ('{"event": "waiting for a slot", "slots": 2}\n', "waits for a slot"),
        (TRIAL + '{"event": "waiting for data"}\n', "waits for data"),
        ('{"event": "waiting for a slot"}\n{"event": "has a slot"}\n', "runs"),
        ('{"event": "waiting for a slot"}\n' + TRIAL, "runs"),
        ("", "runs"),
    ],
)
def test_a_job_is_said_to_wait_for_what_its_program_waits_for(
    server: ApiServer, namespace: Namespace, log: str, state: str
) -> None:
    server.put(f"{BATCH}/jobs", created(1, job("bootstrap-trainer-m")))
    server.put(f"{CORE}/pods", pod("one", "bootstrap-trainer-m"))
    server.logs["one"] = log

    assert said_of_jobs(namespace) == {"bootstrap-trainer-m": state}


def test_every_job_that_has_not_ended_is_shown_and_some_of_those_that_have(
    server: ApiServer, namespace: Namespace
) -> None:
    for second in range(20):
        server.put(f"{BATCH}/jobs", created(second, job(f"bootstrap-a{second}")))
    for second in range(20, 40):
        server.put(f"{BATCH}/jobs", created(second, job(f"bootstrap-b{second}", "Complete")))

    shown = said_of_jobs(namespace)

    assert [name for name, state in shown.items() if state == "runs"] == [
        f"bootstrap-a{second}" for second in range(20)
    ]
    assert [name for name, state in shown.items() if state == "complete"] == [
        f"bootstrap-b{second}" for second in range(40 - JOBS, 40)
    ]
