"""Which Deployments are rolled out."""

from typing import Any

from tests.unit.local.support.kubernetes_api import APPS, ApiServer
from tests.unit.local.support.kubernetes_objects import deployment as made

from rookery_local.cluster.deployments import RELEASE, rolled_out, selector
from rookery_local.cluster.namespace import Namespace


def deployment(name: str, available: int, wanted: int = 2, **status: int) -> dict[str, Any]:
    counts = {"replicas": wanted, "updatedReplicas": wanted, "availableReplicas": available}
    return {
        "metadata": {"name": name, "generation": 3},
        "spec": {"replicas": wanted, "selector": {"matchLabels": {"app": name, "part": "x"}}},
        "status": {"observedGeneration": 3, **counts, **status},
    }


def test_a_deployment_is_rolled_out_when_every_replica_is_new_and_available() -> None:
    assert rolled_out(deployment("api", 2))
    assert not rolled_out(deployment("api", 1))
    assert not rolled_out(deployment("api", 2, replicas=3))
    assert not rolled_out(deployment("api", 2, updatedReplicas=1))
    assert not rolled_out(deployment("api", 2, observedGeneration=2))


def test_the_selector_is_that_of_the_deployment() -> None:
    assert selector(deployment("api", 1)) == "app=api,part=x"


def test_the_parts_of_a_release_of_any_name_are_found(
    server: ApiServer, namespace: Namespace
) -> None:
    server.put(f"{APPS}/deployments", made("api"))

    assert [each["metadata"]["name"] for each in namespace.deployments(RELEASE)] == ["api"]
