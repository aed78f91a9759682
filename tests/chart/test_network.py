"""The network policies let through what the connection table names, and nothing else."""

from collections.abc import Sequence
from ipaddress import IPv6Network, ip_network

import pytest
from tests.chart.cases import CASES
from tests.chart.chart import NAMESPACE, Chart, Values, merged, nested
from tests.chart.connection_table import OF_DATABASES, TABLE
from tests.chart.connections import connections
from tests.chart.environment import environment
from tests.chart.manifests import Object, Pod, of_kind, pods
from tests.chart.network import Attempt, Place, allowed
from tests.some import some

from rookery_ingest.source.addresses import KINDS, NAT64
from rookery_ingest.source.addresses import listed as program_listed

ON: Values = {
    "global": {"networkPolicies": {"enabled": True}},
    "notebook": {"enabled": True},
}
CONTROLLER: Values = nested(
    "global.networkPolicies.controllers",
    [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress-nginx"}}}],
)
"""Where a controller that is not the release's comes from."""
DNS = Place("dns", "kube-system", {"k8s-app": "kube-dns"})
STRANGERS = (
    Place("a stranger", NAMESPACE, {"app": "stranger"}),
    Place("a stranger elsewhere", "elsewhere", {"app": "stranger"}),
    Place("the internet", None, address="1.1.1.1"),
)


def place(pod: Pod, namespace: str = NAMESPACE) -> Place:
    """The pod as a place of the network."""
    ports = {p["name"]: p["containerPort"] for c in pod.containers for p in c.get("ports", ())}
    return Place(client(pod), namespace, pod.labels, ports=ports)


def client(pod: Pod) -> str:
    """The pod's name in the table."""
    return pod.labels["app.kubernetes.io/name"]


def policies(objects: Sequence[Object]) -> list[Object]:
    """The policies, of which there must be some, in the namespace of the release."""
    found = of_kind(objects, "NetworkPolicy")
    for each in found:
        each["metadata"].setdefault("namespace", NAMESPACE)
    return found


def endpoints(objects: Sequence[Object]) -> list[tuple[Place, int]]:
    """Every port of every server but Traefik."""
    servers = [place(p) for p in pods(objects) if p.kind == "Deployment" and client(p) != "traefik"]
    return some((server, port) for server in servers for port in server.ports.values())


def may(
    rules: Sequence[Object], source: Place, target: Place, port: int, protocol: str = "TCP"
) -> bool:
    """Whether the rules let that connection through."""
    return allowed(rules, Attempt(source, target, port, protocol))


def test_every_part_has_one_by_default_and_none_where_switched_off(chart: Chart) -> None:
    off = nested("global.networkPolicies.enabled", False)

    named = {each["metadata"]["name"] for each in policies(chart.render({}))}
    parts = {client(pod) for pod in pods(chart.render({}))}

    assert named == parts
    assert of_kind(chart.render(off), "NetworkPolicy", when=False) == []


def test_every_pair_of_client_and_endpoint_is_as_the_table_says(chart: Chart) -> None:
    # With a model whose rows have a key, so that every kind of Job is there.
    objects = chart.render(merged(ON, CASES["keyed-model"]))
    rules, clients = policies(objects), {str(p): place(p) for p in pods(objects)}

    for target, port in endpoints(objects):
        wanted = TABLE[f"{target}:{port}"]
        reached = {str(source) for source in clients.values() if may(rules, source, target, port)}
        assert reached - {str(target)} == wanted - {str(target)}, f"{target}:{port}"


@pytest.mark.parametrize(
    ("part", "endpoint"), [("mlflow", 5000), ("minio", 9001), ("notebook", 8888)]
)
def test_an_open_page_lets_traefik_in(chart: Chart, part: str, endpoint: int) -> None:
    objects = chart.render(merged(CASES["everything-open"], CASES["keyed-model"]))
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


def test_the_api_is_called_past_the_entrance_by_whom_values_name(chart: Chart) -> None:
    peer = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}}}
    objects = chart.render(merged(ON, nested("global.networkPolicies.callers", [peer])))
    rules = policies(objects)
    shop = Place("the shop", "shop", {"app": "shop"})

    reached = {
        f"{place}:{port}" for place, port in endpoints(objects) if may(rules, shop, place, port)
    }

    assert reached == {"api:8000"}


def test_another_controller_comes_from_where_values_say(chart: Chart) -> None:
    objects = chart.render(merged(CASES["larger"], ON, CONTROLLER))
    api = next(place for place, _ in endpoints(objects) if str(place) == "api")

    assert may(policies(objects), Place("controller", "ingress-nginx", {"app": "x"}), api, 8000)
    assert not any(may(policies(objects), stranger, api, 8000) for stranger in STRANGERS)


@pytest.mark.parametrize("port", [53, 5353])
def test_names_are_resolved_by_pods_that_listen_elsewhere(chart: Chart, port: int) -> None:
    objects = chart.render(ON)

    for pod in pods(objects):
        for protocol in ("UDP", "TCP"):
            assert may(policies(objects), place(pod), DNS, port, protocol)


def test_traefik_reaches_a_kubernetes_api_at_another_port(chart: Chart) -> None:
    values = merged(ON, nested("global.networkPolicies.kubernetesPorts", [443, 16443]))
    rules, objects = policies(chart.render(values)), chart.render(values)
    (traefik,) = (place(pod) for pod in pods(objects) if client(pod) == "traefik")
    kubernetes = Place("the Kubernetes API", None, address="172.18.0.2")

    assert may(rules, traefik, kubernetes, 16443)
    assert not may(rules, traefik, kubernetes, 6443)


def test_every_row_of_the_table_is_there(chart: Chart) -> None:
    assert {f"{place}:{port}" for place, port in endpoints(chart.render(ON))} == set(TABLE)


@pytest.mark.parametrize("stranger", STRANGERS, ids=str)
def test_strangers_reach_nothing_but_the_ingress(chart: Chart, stranger: Place) -> None:
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
    objects = chart.render(merged(values, ON, CONTROLLER))
    rules = policies(objects)

    for pod in pods(objects):
        for protocol in ("UDP", "TCP"):
            assert may(rules, place(pod), DNS, 53, protocol), f"{pod} {protocol}"


INSIDE = (
    "10.96.0.1",
    "10.244.0.9",
    "127.0.0.1",
    "169.254.169.254",
    "172.18.0.2",
    "192.168.0.1",
    "100.64.0.1",
    "fd00:ec2::254",
    "fe80::1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::1",
)
OUTSIDE = ("1.1.1.1", "172.32.0.1", "2606:4700::1111", "64:ff9b::101:101")


def ingest_reaches(chart: Chart, values: Values, address: str, port: int) -> bool:
    """Whether a pod of ingest may connect to that address, where no pod of ours is."""
    objects = chart.render(merged(values, ON))
    sources = [place(pod) for pod in pods(objects) if client(pod) == "ingest"]
    target = Place(address, None, address=address)
    (found,) = {may(policies(objects), source, target, port) for source in sources}
    return found


def listed(*entries: str) -> Values:
    """Values that list these."""
    return {"pipeline": {"egress": list(entries)}}


@pytest.mark.parametrize("port", [80, 443])
def test_sources_are_read_from_outside_alone(chart: Chart, port: int) -> None:
    assert [each for each in OUTSIDE if not ingest_reaches(chart, {}, each, port)] == []
    assert [each for each in INSIDE if ingest_reaches(chart, {}, each, port)] == []
    assert not ingest_reaches(chart, {}, OUTSIDE[0], 8080)


def test_the_policy_and_the_program_have_one_idea_of_outside(chart: Chart) -> None:
    objects = chart.render(ON)
    (policy,) = (p for p in policies(objects) if p["metadata"]["name"] == "ingest")
    (blocks,) = (
        [peer["ipBlock"] for peer in rule["to"]]
        for rule in policy["spec"]["egress"]
        if any("ipBlock" in peer for peer in rule.get("to", ()))
    )
    ipv4, ipv6, nat64 = ([ip_network(each) for each in block["except"]] for block in blocks)
    global_unicast = IPv6Network("2000::/3")

    assert [block["cidr"] for block in blocks] == ["0.0.0.0/0", str(global_unicast), str(NAT64)]
    assert set(ipv4) == {network for network, _ in KINDS if network.version == 4}
    assert set(ipv6) == {
        network
        for network, _ in KINDS
        if isinstance(network, IPv6Network) and network.subnet_of(global_unicast)
    }
    assert {int(n.network_address) & 0xFFFFFFFF: n.prefixlen - 96 for n in nat64} == {
        int(n.network_address): n.prefixlen for n in ipv4
    }


@pytest.mark.parametrize(
    ("entry", "opened", "closed"),
    [
        ("10.20.0.0/16", [("10.20.1.1", 80), ("10.20.1.1", 9000)], [("10.21.0.1", 80)]),
        ("10.20.0.0/16:9000", [("10.20.1.1", 9000)], [("10.20.1.1", 80), ("10.21.0.1", 9000)]),
        ("10.20.0.1", [("10.20.0.1", 8080)], [("10.20.0.2", 8080)]),
        ("10.20.0.1:81", [("10.20.0.1", 81)], [("10.20.0.2", 81), ("10.20.0.1", 80)]),
        ("fd00::7", [("fd00::7", 80)], [("fd00::8", 80)]),
        ("fd00::/8", [("fd12::7", 80)], [("fe80::8", 80)]),
        ("[fd00::7]:8080", [("fd00::7", 8080)], [("fd00::7", 80), ("fd00::8", 8080)]),
        ("[fd00::/8]:8080", [("fd00::7", 8080)], [("fd00::7", 80)]),
        ("files.internal:8080", [("10.0.0.1", 8080)], [("10.0.0.1", 80)]),
        ("files.internal", [("10.0.0.1", 80), ("10.0.0.1", 443)], [("10.0.0.1", 8080)]),
    ],
)
def test_what_is_listed_is_opened_to_ingest_and_told_to_it(
    chart: Chart, entry: str, opened: list[tuple[str, int]], closed: list[tuple[str, int]]
) -> None:
    values = listed("files.example.org", entry)
    objects = chart.render(merged(values, ON))
    told = {
        environment(pod.containers[0], objects).get("ROOKERY_SOURCE_ALLOWED")
        for pod in pods(objects)
        if client(pod) == "ingest"
    }

    assert told == {f"files.example.org,{entry}"}
    assert program_listed(told.pop() or "")
    values = listed(entry)
    assert [each for each in opened if not ingest_reaches(chart, values, *each)] == []
    assert [each for each in closed if ingest_reaches(chart, values, *each)] == []


def test_nobody_but_ingest_is_told_or_opened_anything(chart: Chart) -> None:
    objects = chart.render(merged(listed("10.20.0.0/16"), ON))
    target = Place("a server inside", None, address="10.20.0.1")

    reaching = {client(p) for p in pods(objects) if may(policies(objects), place(p), target, 8080)}
    told = {
        client(pod)
        for pod in pods(objects)
        for container in pod.containers
        if "ROOKERY_SOURCE_ALLOWED" in environment(container, objects)
    }

    assert reaching == told == {"ingest"}


def test_by_default_nothing_is_listed(chart: Chart) -> None:
    objects = chart.render({})
    found = [environment(c, objects) for pod in pods(objects) for c in pod.containers]

    assert found
    assert not [each for each in found if "ROOKERY_SOURCE_ALLOWED" in each]


def test_only_who_reads_sources_leaves_the_cluster(chart: Chart) -> None:
    objects = chart.render(ON)
    rules, internet = policies(objects), STRANGERS[-1]

    leaving = {client(pod) for pod in pods(objects) if may(rules, place(pod), internet, 443)}

    assert leaving == {"ingest", "traefik"}


@pytest.mark.parametrize(
    ("endpoint", "port"),
    [
        ("http://collector.monitoring:4318", 4318),
        ("https://spans.example.org", 443),
        ("http://10.1.2.3/otlp/", 80),
    ],
)
def test_the_api_alone_reaches_the_port_of_the_collector(
    chart: Chart, endpoint: str, port: int
) -> None:
    told = {"api": {"tracing": {"endpoint": endpoint, "sampleRatio": 0.05}}}
    objects = chart.render(merged(ON, told))
    rules, internet = policies(objects), STRANGERS[-1]
    before = policies(chart.render(ON))

    opened = {
        client(pod)
        for pod in pods(objects)
        if may(rules, place(pod), internet, port) and not may(before, place(pod), internet, port)
    }

    assert opened == {"api"}
    (pod,) = (pod for pod in pods(objects) if client(pod) == "api")
    (container,) = pod.containers
    found = environment(container, objects)
    assert found["OTEL_EXPORTER_OTLP_ENDPOINT"] == endpoint
    assert found["OTEL_TRACES_SAMPLER"] == "parentbased_traceidratio"
    assert found["OTEL_TRACES_SAMPLER_ARG"] == "0.05"


def test_a_proxy_is_reached_by_all_that_have_it_and_call_others(chart: Chart) -> None:
    proxies = {"http": "http://proxy.example.org:3128", "https": "http://proxy.example.org"}
    objects = chart.render(merged(ON, CASES["keyed-model"], nested("global.proxy", proxies)))
    rules, proxy = policies(objects), Place("the proxy", None, address="10.1.2.3")

    for port in (3128, 80):
        reaching = {client(pod) for pod in pods(objects) if may(rules, place(pod), proxy, port)}
        assert reaching == {*OF_DATABASES, "api", "test"}


def test_without_a_collector_no_container_hears_of_spans(chart: Chart) -> None:
    objects = chart.render(ON)

    for pod in some(pods(objects)):
        for container in pod.containers:
            assert not [n for n in environment(container, objects) if n.startswith("OTEL_")]


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_what_is_rendered_into_a_client_is_allowed(chart: Chart, values: Values) -> None:
    objects = chart.render(merged(values, ON, CONTROLLER))
    rules = policies(objects)

    for pod, target, port in connections(objects):
        assert may(rules, place(pod), place(target), port), f"{pod} -> {target}:{port}"
