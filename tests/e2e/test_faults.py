"""Parts go away while callers ask, and the callers do not notice."""

import time
from collections.abc import Iterator

import pytest
from tests.e2e.conftest import UnderLoad
from tests.e2e.support import api
from tests.e2e.support.cluster import Object, run, until
from tests.e2e.support.load import PROMISED_RATE, Load
from tests.e2e.support.release import Release

BACKING = ("mlflow", "minio", "postgresql")
ANSWERS = 200
"""Some seconds of load."""


@pytest.fixture
def outage(release: Release) -> Iterator[None]:
    """Brings PostgreSQL, MinIO and MLflow back afterwards, whatever happened."""
    yield
    for name in reversed(BACKING):
        release.scale(name, 1)
    for name in (*reversed(BACKING), "api"):
        release.rolled_out(name)


def test_a_deleted_pod_costs_no_request(release: Release, under_load: UnderLoad) -> None:
    victim, other = release.pods("api")

    with under_load("one of two API pods deleted", "species") as load:
        release.namespace.kubectl("delete", "pod", victim["metadata"]["name"])
        release.rolled_out("api")

    assert other["metadata"]["uid"] in {each["metadata"]["uid"] for each in release.pods("api")}
    assert not load.failures
    assert load.rate >= PROMISED_RATE


def test_predictions_go_on_without_postgresql_minio_and_mlflow(
    release: Release, under_load: UnderLoad, outage: None
) -> None:
    before = api.version("species")

    with under_load("PostgreSQL, MinIO and MLflow at 0", "species") as load:
        take_away(release)
        more_answers(load)

    assert load.versions == {before}
    assert not load.failures
    assert load.rate >= PROMISED_RATE


def test_a_killed_container_serves_again_from_its_cache(
    release: Release, under_load: UnderLoad, outage: None
) -> None:
    before = api.version("species")
    victim, _ = release.pods("api")
    take_away(release)

    with under_load("API container killed meanwhile", "species") as load:
        kill(release, victim)
        restarted = until("the container anew and ready", lambda: ready_again(release, victim))

    assert restarted["restartCount"] == main_status(victim)["restartCount"] + 1
    assert [part for part in BACKING if release.pods(part)] == []
    assert load.versions == {before}
    assert not load.failures
    assert load.rate >= PROMISED_RATE


def test_a_pod_deleted_meanwhile_costs_no_request(
    release: Release, under_load: UnderLoad, outage: None
) -> None:
    victim, other = release.pods("api")
    take_away(release)

    with under_load("one API pod deleted meanwhile", "species") as load:
        release.namespace.kubectl("delete", "pod", victim["metadata"]["name"])
        more_answers(load)

    # Its successor has no cache, and asks nobody to send it requests before it knows the registry.
    ready = {each["metadata"]["uid"]: main_status(each)["ready"] for each in release.pods("api")}
    assert ready.pop(other["metadata"]["uid"])
    assert list(ready.values()) == [False]
    assert not load.failures
    assert load.rate >= PROMISED_RATE


def take_away(release: Release) -> None:
    """Takes all pods of PostgreSQL, MinIO and MLflow away."""
    for name in BACKING:
        release.scale(name, 0)
    until("none of their pods", lambda: not any(map(release.pods, BACKING)) or None)


def more_answers(load: Load) -> None:
    """Waits until some seconds more of load have been answered."""
    begun = time.time()
    until("more answers", lambda: sum(a.asked > begun for a in load.answers) > ANSWERS or None)


def main_status(pod: Object) -> Object:
    """Returns the status of the pod's API container."""
    (status,) = pod["status"]["containerStatuses"]
    found: Object = status
    return found


def kill(release: Release, pod: Object) -> None:
    """Kills the pod's container as the kernel does when memory is short: without warning."""
    container = main_status(pod)["containerID"].removeprefix("containerd://")
    node = pod["spec"]["nodeName"]
    ctr = ("ctr", "--namespace", "k8s.io", "task", "kill", "--signal", "SIGKILL", container)
    run("docker", "exec", node, *ctr)


def ready_again(release: Release, pod: Object) -> Object | None:
    """Waits until the pod's container is another one and ready, and returns its status."""
    now = main_status(release.namespace.get("pod", pod["metadata"]["name"]))
    return now if now["ready"] and now["restartCount"] > main_status(pod)["restartCount"] else None
