"""One server at a time has a volume: every pod with a claim goes through the launcher."""

import pytest
from tests.chart.cases import CASES, has
from tests.chart.chart import Chart, Values, nested
from tests.chart.manifests import Object, Pod, one, pods
from tests.some import some

SERVERS = {
    "Deployment/postgresql": "docker-entrypoint.sh",
    "Deployment/minio": "/usr/bin/minio",
}
"""The pods with a claim, and the program that becomes of the launcher."""
EXTERNAL = "external-services"


def claims(pod: Pod) -> set[str]:
    """The pod's volumes that outlive it."""
    return {v["name"] for v in pod.spec.get("volumes", ()) if "persistentVolumeClaim" in v}


def owners(objects: list[Object], values: Values) -> list[Pod]:
    """The pods with a claim: some, or none where both servers are others'."""
    ours = has(values, "postgresql") or has(values, "minio")
    return some((pod for pod in pods(objects) if claims(pod)), when=ours)


def places(container: Object, volumes: set[str]) -> list[str]:
    """Where the container mounts one of these."""
    return [m["mountPath"] for m in container.get("volumeMounts", ()) if m["name"] in volumes]


def options(command: list[str]) -> list[tuple[str, str]]:
    """The options of the launcher in a command, which come in pairs."""
    return list(zip(command[::2], command[1::2], strict=True))


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_who_mounts_a_claim_goes_through_the_launcher(chart: Chart, values: Values) -> None:
    for pod in owners(chart.render(values), values):
        (waits,), (server,) = pod.spec["initContainers"], pod.spec["containers"]
        (place,) = places(server, claims(pod))
        (installed,) = places(server, {"launcher"})
        program, verb, *rest = server["command"]
        end = rest.index("--")
        assert (program, verb) == (f"{installed}/launcher", "run")
        assert {name: value for name, value in options(rest[:end]) if name != "--secret"} == {
            "--volume": place
        }
        assert rest[end + 1 :] == [SERVERS[str(pod)]]
        assert waits["args"][0] == "prepare"
        assert dict(options(waits["args"][1:])) == {"--volume": place, "--into": installed}
        assert places(waits, claims(pod)) == [place]
        assert places(waits, {"launcher"}) == [installed]


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_a_server_is_not_started_without_its_secrets(chart: Chart, values: Values) -> None:
    for pod in owners(chart.render(values), values):
        (server,) = pod.spec["containers"]
        _, _, *rest = server["command"]
        asked = {value for name, value in options(rest[: rest.index("--")]) if name == "--secret"}
        taken = {each["name"] for each in server["env"] if "secretKeyRef" in str(each)}
        assert asked == taken
        assert asked


def test_both_servers_of_the_default_have_a_claim(chart: Chart) -> None:
    assert {str(pod) for pod in pods(chart.render({})) if claims(pod)} == SERVERS.keys()


def test_the_server_cannot_change_the_launcher(chart: Chart) -> None:
    for pod in owners(chart.render({}), {}):
        (mount,) = (m for m in pod.spec["containers"][0]["volumeMounts"] if m["name"] == "launcher")
        assert mount["readOnly"] is True
        (volume,) = (v for v in pod.spec["volumes"] if v["name"] == "launcher")
        assert "emptyDir" in volume


def test_servers_of_ones_own_need_no_launcher(chart: Chart) -> None:
    assert "launcher" not in chart.text(CASES[EXTERNAL])


@pytest.mark.parametrize("part", ["postgresql", "minio"])
def test_a_volume_is_for_one_node_or_as_asked_for_one_pod(chart: Chart, part: str) -> None:
    asked = nested(f"{part}.persistence.accessModes", ["ReadWriteOncePod"])

    def modes(values: Values) -> list[str]:
        claim = one(chart.render(values), "PersistentVolumeClaim", part)
        return list(claim["spec"]["accessModes"])

    assert modes({}) == ["ReadWriteOnce"]
    assert modes(asked) == ["ReadWriteOncePod"]


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_no_upgrade_starts_a_second_server_beside_the_first(chart: Chart, values: Values) -> None:
    objects = chart.render(values)

    for pod in owners(objects, values):
        spec = one(objects, "Deployment", pod.owner)["spec"]
        assert spec["strategy"] == {"type": "Recreate"}
        assert spec["replicas"] == 1
