"""NetworkPolicies in a cluster that enforces them: each allowed pair connects, and no other."""

import json
from collections.abc import Iterator
from contextlib import suppress

import pytest
from tests.chart.connection_table import TABLE
from tests.e2e.support.cluster import Namespace, Object, run, until
from tests.e2e.support.objects import main_container, python_pod
from tests.e2e.support.release import Release
from tests.some import some

METADATA = "169.254.169.254"
"""Where clouds give a node's pods the node's credentials."""
STRANGER = "stranger"
SECONDS = 60.0
"""How long a cluster may take until it enforces what concerns a new pod."""
CLIENTS = (
    *("databases", "ingest", "trainer", "rollback", "retention", "test", "preflight"),
    *("postgresql", "minio", "mlflow", "api", "notebook", "traefik", STRANGER),
)
PROGRAM = """
import concurrent.futures, json, socket
TARGETS = {targets}
def reached(target):
    try:
        socket.create_connection(target, timeout=2).close()
        return True
    except OSError:
        return False
def resolved():
    try:
        return bool(socket.getaddrinfo("kubernetes.default", 443))
    except OSError:
        return False
with concurrent.futures.ThreadPoolExecutor(32) as pool:
    while True:
        name = pool.submit(resolved)
        found = zip(TARGETS, pool.map(reached, TARGETS.values()))
        print(json.dumps([*(each for each, open in found if open), *["names"] * name.result()]))
"""
# Behind the node, as in a cloud: what is on the node itself, policies may let through.
BEHIND = f"""
ip netns add metadata
ip link add metadata type veth peer name eth0 netns metadata
ip address add 169.254.169.253/30 dev metadata
ip link set metadata up
ip -n metadata address add {METADATA}/30 dev eth0
ip -n metadata link set eth0 up
ip -n metadata route add default via 169.254.169.253
"""
LISTEN = "exec ip netns exec metadata socat TCP-LISTEN:80,fork,reuseaddr 'EXEC:echo credentials'"
AWAY = """
if ip netns list | grep -q metadata; then
  ip netns pids metadata | xargs --no-run-if-empty kill
  ip netns delete metadata
fi
"""


@pytest.fixture(scope="module")
def metadata(release: Release) -> Iterator[None]:
    """Something answers at the metadata address, behind the node that runs the pods."""
    (node,) = release.namespace.cluster.nodes()
    run("docker", "exec", node, "sh", "-euc", AWAY + BEHIND)
    run("docker", "exec", "--detach", node, "sh", "-euc", LISTEN)
    yield
    run("docker", "exec", node, "sh", "-euc", AWAY)


@pytest.fixture(scope="module")
def targets(release: Release) -> dict[str, tuple[str, int]]:
    """By its name in the table, the address of every port of a server, and the metadata address."""
    found = {"metadata:80": (METADATA, 80)}
    for endpoint in (*some(TABLE), "traefik:8000"):
        part, port = endpoint.split(":")
        (address, *_) = [pod["status"]["podIP"] for pod in some(release.pods(part))]
        found[endpoint] = (address, int(port))
    return found


def labels_of(release: Release, name: str) -> dict[str, str]:
    """Returns labels by which policies take a pod for one of that part; a stranger has none."""
    if name == STRANGER:
        return {"app": STRANGER}
    policy = release.namespace.get("networkpolicy", name)
    found: dict[str, str] = policy["spec"]["podSelector"]["matchLabels"]
    return found


def client(name: str, labels: dict[str, str], targets: dict[str, tuple[str, int]]) -> Object:
    """Makes a pod of these labels that tries every target; no Service has it: it is never ready."""
    made = python_pod(f"asks-as-{name}", PROGRAM.format(targets=targets))
    made["metadata"]["labels"] = labels
    main_container(made)["readinessProbe"] = {"exec": {"command": ["false"]}}
    return made


def reached(namespace: Namespace, name: str, expected: set[str], own: str = "") -> set[str]:
    """Returns what the pod reaches, without its own part; waits until that is what is expected.

    A cluster needs a while until it knows a new pod: it refuses or lets through what it should not.
    """
    found: list[set[str]] = []

    def look() -> bool | None:
        if namespace.get("pod", f"asks-as-{name}")["status"]["phase"] != "Running":
            return None
        said = namespace.logs(f"pod/asks-as-{name}").splitlines()[-2:]
        found[:] = [{each for each in json.loads(line) if _part(each) != own} for line in said]
        return found == [expected, expected] or None

    with suppress(AssertionError):
        until(f"what {name} reaches", look, patience=SECONDS)
    return found[-1] if found else set()


def _part(endpoint: str) -> str:
    return endpoint.partition(":")[0]


def test_every_allowed_pair_connects_and_no_other(
    release: Release, targets: dict[str, tuple[str, int]], metadata: None
) -> None:
    open_to = {name: {each for each in TABLE if name in TABLE[each]} for name in CLIENTS}
    # Without a policy it shows that something answers at the entrance and at the metadata address.
    open_to[STRANGER] |= {"traefik:8000", "metadata:80"}
    wanted = {name: {each for each in open_to[name] if _part(each) != name} for name in CLIENTS}
    made = [client(name, labels_of(release, name), targets) for name in CLIENTS]
    try:
        release.namespace.apply(*made)
        for name in CLIENTS:
            wanted[name].add("names")
            assert reached(release.namespace, name, wanted[name], own=name) == wanted[name], name
    finally:
        names = [each["metadata"]["name"] for each in made]
        release.namespace.kubectl("delete", "pods", *names, "--now", "--ignore-not-found")


def test_from_another_namespace_nothing_but_the_entrance_is_reached(
    release: Release, namespace: Namespace, targets: dict[str, tuple[str, int]], metadata: None
) -> None:
    names, wanted = (STRANGER, "trainer", "traefik"), {"traefik:8000", "metadata:80", "names"}
    namespace.apply(*(client(name, labels_of(release, name), targets) for name in names))

    for name in some(names):
        assert reached(namespace, name, wanted) == wanted, name
