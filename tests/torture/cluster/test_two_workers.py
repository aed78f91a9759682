"""What one node cannot show: traffic between workers, and a drain that asks before it evicts."""

import shutil
from collections.abc import Iterator
from uuid import uuid4

import pytest
from tests.e2e.support import objects
from tests.e2e.support.cluster import Cluster, CommandFailed, Namespace, Object, until
from tests.e2e.support.objects import main_container, service
from tests.e2e.support.servers import server
from tools.checkout import ROOT

CONFIG = ROOT / "kind-config-ha.yaml"
HOSTNAME = "kubernetes.io/hostname"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three nodes that have the images of the manifests."""
    if shutil.which("kind") is None:
        pytest.skip("there is no kind on the PATH: install it, or run `make airgap`")
    made = Cluster("rookery-ha", tmp_path_factory.mktemp("cluster") / "kubeconfig")
    try:
        made.create(CONFIG)
        made.load(*objects.images())
        yield made
    finally:
        made.delete()


@pytest.fixture
def namespace(cluster: Cluster) -> Iterator[Namespace]:
    """A namespace of this test alone."""
    made = Namespace(cluster, f"test-{uuid4().hex[:8]}")
    made.create()
    yield made
    made.delete()


@pytest.fixture
def workers(cluster: Cluster) -> tuple[str, str]:
    """The names of both workers."""
    selector = "!node-role.kubernetes.io/control-plane"
    told = cluster.kubectl("get", "nodes", "-l", selector, "-o", "name")
    first, second = (each.removeprefix("node/") for each in told.split())
    return first, second


def ask(namespace: Namespace, pod: str, url: str) -> str:
    """What a GET of the URL answers inside the pod."""
    program = (
        f"from urllib.request import urlopen; print(urlopen({url!r}, timeout=20).read().decode())"
    )
    return namespace.kubectl("exec", pod, "--", "python3", "-c", program).strip()


def answer_by_name(namespace: Namespace, here: str, there: str) -> str:
    """What a Service answers, once the node of who asks knows that its pod is ready."""

    def look() -> str | None:
        try:
            return ask(namespace, here, f"http://{there}:8000/by-name")
        except CommandFailed:
            return None

    return until(f"an answer of {there} to {here}", look)


def test_pods_on_both_workers_reach_each_other(
    namespace: Namespace, workers: tuple[str, str]
) -> None:
    for name, worker in zip(("one", "two"), workers, strict=True):
        made = server(name)
        made["spec"]["nodeSelector"] = {HOSTNAME: worker}
        namespace.apply(made, service(name, 8000))
    for name in ("one", "two"):
        namespace.wait(f"pod/{name}", "condition=Ready")

    for here, there in (("one", "two"), ("two", "one")):
        address = namespace.get("pod", there)["status"]["podIP"]
        assert ask(namespace, here, f"http://{address}:8000/by-ip") == f"{there} /by-ip"
        assert answer_by_name(namespace, here, there) == f"{there} /by-name"


def test_a_drain_respects_a_disruption_budget(
    namespace: Namespace, cluster: Cluster, workers: tuple[str, str]
) -> None:
    namespace.apply(two_replicas("api"), budget("api", 2))
    namespace.wait("deployment/api", "condition=Available")
    drain = ("drain", workers[0], "--ignore-daemonsets", "--force")

    with pytest.raises(CommandFailed, match="would violate the pod's disruption budget"):
        cluster.kubectl(*drain, "--timeout=15s")
    assert nodes_of(namespace, "api") == set(workers)

    namespace.apply(budget("api", 1))
    try:
        cluster.kubectl(*drain, "--timeout=120s")
        namespace.wait("deployment/api", "condition=Available")
        until(
            "both replicas on the other worker",
            lambda: True if nodes_of(namespace, "api") == {workers[1]} else None,
        )
    finally:
        cluster.kubectl("uncordon", workers[0])


def nodes_of(namespace: Namespace, name: str) -> set[str]:
    """The nodes on which pods of that name run and are not being ended."""
    return {
        each["spec"].get("nodeName", "")
        for each in namespace.list("pods", f"app={name}")
        if "deletionTimestamp" not in each["metadata"]
    }


def two_replicas(name: str) -> Object:
    """A Deployment with a pod on each worker as long as there are two."""
    made = server(name)
    spread = {
        "maxSkew": 1,
        "topologyKey": HOSTNAME,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {"app": name}},
    }
    made["spec"].update(restartPolicy="Always", topologySpreadConstraints=[spread])
    main_container(made)["resources"]["requests"]["cpu"] = "10m"
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": name}},
            "template": objects.template(made),
        },
    }


def budget(name: str, available: int) -> Object:
    """How many pods of that name a drain has to leave alone."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": name},
        "spec": {"minAvailable": available, "selector": {"matchLabels": {"app": name}}},
    }
