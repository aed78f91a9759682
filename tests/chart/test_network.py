"""The network policies let through what the connection table names, and nothing else."""

from collections.abc import Sequence

import pytest
from tests.chart.cases import CASES
from tests.chart.chart import NAMESPACE, Chart, Values, merged, nested
from tests.chart.connections import connections
from tests.chart.manifests import Object, Pod, of_kind, pods
from tests.chart.network import Attempt, Place, allowed

ON: Values = {"global": {"networkPolicies": {"enabled": True}}}
OF_DATABASES = {"databases", "ingest", "trainer", "rollback", "retention", "mlflow", "notebook"}
TABLE: dict[str, set[str]] = {
    "postgresql:5432": {*OF_DATABASES, "test"},
    "minio:9000": {"ingest", "mlflow", "retention", "test"},
    "minio:9001": set(),
    "mlflow:5000": {"api", "trainer", "rollback", "retention", "notebook", "test"},
    "api:8000": {"notebook", "traefik", "test"},
    "api:9464": set(),
    "notebook:8888": set(),
}
"""Who may connect to what in a default installation; Traefik is open to all."""
DNS = Place("dns", "kube-system", {"k8s-app": "kube-dns"})
STRANGERS = (
    Place("a stranger", NAMESPACE, {"app": "stranger"}),
    Place("a stranger elsewhere", "elsewhere", {"app": "stranger"}),
    Place("the internet", None, address="192.0.2.7"),
)


def place(pod: Pod, namespace: str = NAMESPACE) -> Place:
    """The pod as a place of the network."""
    ports = {p["name"]: p["containerPort"] for c in pod.containers for p in c.get("ports", ())}
    return Place(client(pod), namespace, pod.labels, ports=ports)


def client(pod: Pod) -> str:
    """The pod's name in the table."""
    return pod.labels["app.kubernetes.io/name"]


def policies(objects: Sequence[Object]) -> list[Object]:
    """The policies, in the namespace of the release."""
    found = of_kind(objects, "NetworkPolicy")
    for each in found:
        each["metadata"].setdefault("namespace", NAMESPACE)
    return found


def endpoints(objects: Sequence[Object]) -> list[tuple[Place, int]]:
    """Every port of every server but Traefik."""
    servers = [place(p) for p in pods(objects) if p.kind == "Deployment" and client(p) != "traefik"]
    return [(server, port) for server in servers for port in server.ports.values()]


def may(
    rules: Sequence[Object], source: Place, target: Place, port: int, protocol: str = "TCP"
) -> bool:
    """Whether the rules let that connection through."""
    return allowed(rules, Attempt(source, target, port, protocol))


def test_there_are_none_by_default(chart: Chart) -> None:
    assert policies(chart.render({})) == []


def test_every_pair_of_client_and_endpoint_is_as_the_table_says(chart: Chart) -> None:
    objects = chart.render(ON)
    rules, clients = policies(objects), {str(p): place(p) for p in pods(objects)}

    for target, port in endpoints(objects):
        wanted = TABLE[f"{target}:{port}"]
        reached = {str(source) for source in clients.values() if may(rules, source, target, port)}
        assert reached - {str(target)} == wanted - {str(target)}, f"{target}:{port}"


@pytest.mark.parametrize(
    ("part", "endpoint"), [("mlflow", 5000), ("minio", 9001), ("notebook", 8888)]
)
def test_an_open_page_lets_traefik_in(chart: Chart, part: str, endpoint: int) -> None:
    objects = chart.render(CASES["everything-open"])
    rules, clients = policies(objects), [place(pod) for pod in pods(objects)]
    (target,) = {
        str(place): place for place, _ in endpoints(objects) if str(place) == part
    }.values()

    reached = {str(source) for source in clients if may(rules, source, target, endpoint)}

    assert reached == TABLE[f"{part}:{endpoint}"] | {"traefik"}


def test_metrics_are_read_by_the_scrapers_that_values_name(chart: Chart) -> None:
    peer = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
    objects = chart.render(merged(ON, nested("global.networkPolicies.scrapers", [peer])))
    rules = policies(objects)
    api = next(place for place, _ in endpoints(objects) if str(place) == "api")
    prometheus = Place("prometheus", "monitoring", {"app": "prometheus"})

    assert may(rules, prometheus, api, 9464)
    assert not may(rules, prometheus, api, 8000)
    assert not any(may(rules, stranger, api, 9464) for stranger in STRANGERS)


def test_another_controller_comes_from_anywhere(chart: Chart) -> None:
    objects = chart.render(merged(CASES["larger"], ON))
    api = next(place for place, _ in endpoints(objects) if str(place) == "api")

    assert all(may(policies(objects), stranger, api, 8000) for stranger in STRANGERS)


def test_every_row_of_the_table_is_there(chart: Chart) -> None:
    assert {f"{place}:{port}" for place, port in endpoints(chart.render(ON))} == set(TABLE)


@pytest.mark.parametrize("stranger", STRANGERS, ids=str)
def test_strangers_reach_nothing_but_the_entrance(chart: Chart, stranger: Place) -> None:
    objects = chart.render(ON)
    rules = policies(objects)

    assert [str(t) for t, port in endpoints(objects) if may(rules, stranger, t, port)] == []
    (traefik,) = (place(pod) for pod in pods(objects) if client(pod) == "traefik")
    assert any(may(rules, stranger, traefik, port) for port in traefik.ports.values())


def test_a_pod_elsewhere_that_wears_our_labels_is_a_stranger(chart: Chart) -> None:
    objects = chart.render(ON)
    rules = policies(objects)

    for pod in pods(objects):
        for target, port in endpoints(objects):
            assert not may(rules, place(pod, "elsewhere"), target, port)


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_every_pod_resolves_names(chart: Chart, values: Values) -> None:
    objects = chart.render(merged(values, ON))
    rules = policies(objects)

    for pod in pods(objects):
        for protocol in ("UDP", "TCP"):
            assert may(rules, place(pod), DNS, 53, protocol), f"{pod} {protocol}"


def test_only_who_reads_sources_leaves_the_cluster(chart: Chart) -> None:
    objects = chart.render(ON)
    rules, internet = policies(objects), STRANGERS[-1]

    leaving = {client(pod) for pod in pods(objects) if may(rules, place(pod), internet, 443)}

    assert leaving <= {"ingest", "traefik"}


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_what_is_rendered_into_a_client_is_allowed(chart: Chart, values: Values) -> None:
    objects = chart.render(merged(values, ON))
    rules = policies(objects)

    for pod, target, port in connections(objects):
        assert may(rules, place(pod), place(target), port), f"{pod} -> {target}:{port}"
