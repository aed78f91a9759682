"""The state of Jobs and pods."""

from typing import Any

import pytest

from rookery_local.cluster.job_state import Ending, ending, exit_code, failure, waiting_reason


def job(*conditions: dict[str, str]) -> dict[str, Any]:
    return {"status": {"conditions": list(conditions)}}


def pod(phase: str = "Running", **status: Any) -> dict[str, Any]:
    return {"metadata": {"name": "trainer-x"}, "status": {"phase": phase, **status}}


def terminated(code: int, reason: str = "Error") -> dict[str, Any]:
    state = {"terminated": {"exitCode": code, "reason": reason}}
    return pod("Failed", containerStatuses=[{"name": "trainer", "state": state}])


def waiting(reason: str, message: str = "") -> list[dict[str, Any]]:
    return [{"name": "trainer", "state": {"waiting": {"reason": reason, "message": message}}}]


def test_a_job_has_ended_only_when_complete_or_failed_is_true() -> None:
    assert ending({"status": {}}) is None
    assert ending(job({"type": "SuccessCriteriaMet", "status": "True"})) is None
    assert ending(job({"type": "Failed", "status": "False"})) is None


def test_a_job_that_ended_says_how() -> None:
    failed = {"type": "Failed", "status": "True", "reason": "PodFailurePolicy", "message": "42"}

    assert ending(job({"type": "Complete", "status": "True"})) == Ending(succeeded=True)
    assert ending(job(failed)) == Ending(succeeded=False, reason="PodFailurePolicy: 42")


@pytest.mark.parametrize(("codes", "expected"), [((1, 42), 42), ((1, 1), 1), ((137,), 1), ((), 1)])
def test_a_failed_jobs_exit_code_is_its_pods(codes: tuple[int, ...], expected: int) -> None:
    assert exit_code([terminated(code) for code in codes]) == expected


def test_a_pod_that_failed_says_how() -> None:
    evicted = pod("Failed", reason="Evicted", message="The node was low on memory.")

    assert failure(terminated(1)) == "exit 1"
    assert failure(terminated(137, "OOMKilled")) == "exit 137, OOMKilled"
    assert failure(evicted) == "Evicted: The node was low on memory."
    assert failure(pod()) == ""


def test_a_wrong_image_and_a_full_node_are_waiting_reasons() -> None:
    full = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": "0/1 nodes are available: 1 Insufficient cpu.",
    }
    no_image = waiting("ImagePullBackOff", "not found")

    assert "Insufficient cpu" in waiting_reason(pod("Pending", conditions=[full]))
    assert waiting_reason(pod(containerStatuses=no_image)) == "ImagePullBackOff: not found"
    assert waiting_reason(pod(initContainerStatuses=no_image)) == "ImagePullBackOff: not found"


def test_a_pod_that_starts_as_usual_has_no_waiting_reason() -> None:
    assert waiting_reason(pod(containerStatuses=waiting("ContainerCreating"))) == ""
    assert waiting_reason(pod()) == ""
