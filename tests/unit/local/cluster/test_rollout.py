"""How far an installation is, and which Deployments run an outdated image."""

from typing import Any

from rookery_local.cluster.rollout import is_outdated, note, readiness, rolled_out, selector

OLD, NEW = "sha256:" + "a" * 64, "sha256:" + "b" * 64


def deployment(name: str, available: int, wanted: int = 2, **status: int) -> dict[str, Any]:
    counts = {"replicas": wanted, "updatedReplicas": wanted, "availableReplicas": available}
    return {
        "metadata": {"name": name, "generation": 3},
        "spec": {"replicas": wanted, "selector": {"matchLabels": {"app": name, "part": "x"}}},
        "status": {"observedGeneration": 3, **counts, **status},
    }


def job(name: str, condition: str = "", **metadata: Any) -> dict[str, Any]:
    conditions = [{"type": condition, "status": "True"}] if condition else []
    return {"metadata": {"name": name, **metadata}, "status": {"conditions": conditions}}


def running(image_id: str, **metadata: str) -> dict[str, Any]:
    return {
        "metadata": {"name": "api-1", **metadata},
        "spec": {"nodeName": "node", "containers": [{"name": "api", "image": "rookery/api:1"}]},
        "status": {"containerStatuses": [{"name": "api", "imageID": image_id}]},
    }


def now_is_new(node: str, image: str) -> frozenset[str]:
    assert (node, image) == ("node", "rookery/api:1")
    return frozenset({NEW})


def test_deployments_and_the_charts_own_jobs_are_waited_for() -> None:
    mine = [{"kind": "CronJob", "name": "trainer-species"}]
    jobs = [
        job("bootstrap-databases", "Complete"),
        job("bootstrap-ingest-sex"),
        job("trainer-species-x1", ownerReferences=mine),
    ]

    found = readiness([deployment("api", 2), deployment("mlflow", 0, 1)], jobs)

    assert found.ready == ("api", "bootstrap-databases")
    assert found.waiting == ("bootstrap-ingest-sex", "mlflow")
    assert found.failed == ()


def test_a_failed_job_is_told_apart_from_one_that_runs() -> None:
    found = readiness([], [job("bootstrap-trainer-sex", "Failed")])

    assert found.failed == ("bootstrap-trainer-sex",)


def test_a_deployment_is_rolled_out_when_every_replica_is_new_and_available() -> None:
    assert rolled_out(deployment("api", 2))
    assert not rolled_out(deployment("api", 1))
    assert not rolled_out(deployment("api", 2, replicas=3))
    assert not rolled_out(deployment("api", 2, updatedReplicas=1))
    assert not rolled_out(deployment("api", 2, observedGeneration=2))


def test_the_note_names_what_is_waited_for_and_what_is_in_the_way() -> None:
    waiting = {"reason": "ImagePullBackOff", "message": "no such image"}
    pod = {
        "metadata": {"name": "mlflow-1"},
        "status": {"containerStatuses": [{"state": {"waiting": waiting}}]},
    }

    found = readiness([deployment("mlflow", 0, 1)], [job("bootstrap-trainer-sex")])
    said = note(found, [pod], {"bootstrap-trainer-sex": "3/20"})

    assert said == (
        "waiting for bootstrap-trainer-sex (3/20), mlflow; "
        "mlflow-1: ImagePullBackOff: no such image"
    )


def test_a_pod_of_an_image_that_its_name_no_longer_stands_for_is_outdated() -> None:
    assert is_outdated([running(OLD)], now_is_new)
    assert is_outdated([running(NEW), running(f"docker.io/rookery/api@{OLD}")], now_is_new)


def test_a_pod_of_the_loaded_image_is_not_whichever_way_its_id_is_written() -> None:
    assert not is_outdated([running(NEW), running(f"docker.io/rookery/api@{NEW}")], now_is_new)


def test_a_pod_that_an_outdated_image_prepared_is_outdated() -> None:
    pod = running(NEW)
    prepares = {"name": "launcher", "image": "rookery/api:1"}
    pod["spec"]["initContainers"] = [prepares]

    def prepared_by(image_id: str) -> dict[str, Any]:
        status = {"name": "launcher", "imageID": image_id}
        return {**pod, "status": {**pod["status"], "initContainerStatuses": [status]}}

    assert is_outdated([prepared_by(OLD)], now_is_new)
    assert not is_outdated([prepared_by(NEW)], now_is_new)


def test_a_pod_that_has_not_started_or_is_about_to_go_says_nothing() -> None:
    ending = running(OLD, deletionTimestamp="2026-11-26T12:00:00Z")

    assert not is_outdated([running(""), ending], now_is_new)


def test_the_selector_is_that_of_the_deployment() -> None:
    assert selector(deployment("api", 1)) == "app=api,part=x"
