"""Traefik: what it keeps in memory, whom it counts, and which of its files a change reaches."""

from typing import Any

import pytest
import yaml
from tests.chart.chart import Chart, Values, merged, nested
from tests.chart.manifests import Object, one, pods
from tests.chart.quantities import quantity

MIDDLEWARES = "traefik.ingress.kubernetes.io/router.middlewares"
SURROUNDINGS = 2
"""Times its body is what a request holds: buffers, and what the collector has not freed yet."""
IDLE = 64 * 2**20
OTHER_CONTROLLER: Values = {
    "global": {
        "ingress": {"host": "rookery.example.org"},
        "networkPolicies": {"controllers": [{"podSelector": {}}]},
    },
    "ingress": {"className": "haproxy", "traefik": {"enabled": False}},
}
AUTH = nested("global.mlflow.auth.enabled", True)


def middlewares(objects: list[Object]) -> dict[str, Any]:
    text = one(objects, "ConfigMap", "traefik")["data"]["dynamic.yaml"]
    found: dict[str, Any] = yaml.safe_load(text)["http"]["middlewares"]
    return found


def annotations(objects: list[Object], part: str) -> dict[str, str]:
    (pod,) = (each for each in pods(objects) if str(each) == f"Deployment/{part}")
    return dict(pod.metadata.get("annotations", {}))


def test_requests_are_counted_before_their_bodies_are_kept(chart: Chart) -> None:
    objects = chart.render({})

    used = one(objects, "Ingress", "api")["metadata"]["annotations"][MIDDLEWARES].split(",")

    assert used == ["in-flight@file", "retry@file"]
    assert {each.removesuffix("@file") for each in used} == middlewares(objects).keys()


def test_what_a_pod_broke_off_is_asked_of_another(chart: Chart) -> None:
    retry = middlewares(chart.render({}))["retry"]["retry"]

    # A prediction is a POST. The API never answers 502: Traefik says so of a pod that is gone.
    assert retry["status"] == ["502"]
    assert retry["retryNonIdempotentMethod"] is True
    assert retry["attempts"] > 1


def test_all_callers_are_counted_as_one(chart: Chart) -> None:
    counted = middlewares(chart.render({}))["in-flight"]["inFlightReq"]["sourceCriterion"]

    assert counted == {"ipStrategy": {"depth": 1}}


def test_what_is_kept_fits_into_the_memory_limit(chart: Chart) -> None:
    objects = chart.render({})
    (pod,) = (each for each in pods(objects) if str(each) == "Deployment/traefik")
    limit = quantity(pod.containers[0]["resources"]["limits"]["memory"])
    found = middlewares(objects)

    kept = (
        found["in-flight"]["inFlightReq"]["amount"] * found["retry"]["retry"]["maxRequestBodyBytes"]
    )

    assert IDLE + SURROUNDINGS * kept <= limit


def test_another_controller_gets_no_annotation_of_traefik(chart: Chart) -> None:
    ingress = one(chart.render(OTHER_CONTROLLER), "Ingress", "api")

    assert "annotations" not in ingress["metadata"]
    assert ingress["spec"]["ingressClassName"] == "haproxy"


@pytest.mark.parametrize(
    ("part", "before", "after"),
    [
        ("traefik", {}, nested("ingress.traefik.maxInFlight", 7)),
        ("mlflow", AUTH, nested("global.postgresql.sslmode", "require")),
    ],
)
def test_another_file_restarts_who_reads_it_at_the_start(
    chart: Chart, part: str, before: Values, after: Values
) -> None:
    old, new = (
        annotations(chart.render(values), part)["checksum/config"]
        for values in (before, merged(before, after))
    )

    assert old != new


def test_a_pod_that_ends_accepts_until_the_nodes_know_it(chart: Chart) -> None:
    (pod,) = (each for each in pods(chart.render({})) if str(each) == "Deployment/traefik")
    lifecycle = {
        key: int(value.removesuffix("s"))
        for each in pod.containers[0]["args"]
        if ".web.transport.lifecycle." in each
        for key, value in [each.rsplit(".", 1)[1].split("=")]
    }

    # Seen on a node with a load of 18: its rules named the old pod for 14 s.
    assert lifecycle["requestacceptgracetimeout"] >= 15
    assert pod.spec["terminationGracePeriodSeconds"] > sum(lifecycle.values())
