"""What objects say of each other is true: selectors, ports, addresses, volumes, references."""

import re
from collections.abc import Mapping

import pytest
from tests.chart.cases import CASES, has
from tests.chart.chart import Chart, Values
from tests.chart.connections import addresses, external
from tests.chart.environment import environment
from tests.chart.manifests import Object, Pod, name, of_kind, pods, selects
from tests.some import some

FULL_TAG = re.compile(r"^v?\d+\.\d+[\w.-]*$|^\d{4}-\d{2}-\d{2}[\w.-]*$|^sha256:[0-9a-f]{64}$")


def given(values: object) -> set[str]:
    """The names of existing objects in these values."""
    if not isinstance(values, Mapping):
        return set()
    own = {
        str(name)
        for key, name in values.items()
        if str(key).startswith("existing") or (key == "configMap" and isinstance(name, str))
    }
    return own.union(*map(given, values.values()))


def servers(objects: list[Object]) -> list[Pod]:
    """Pods that a Service may stand before."""
    return [pod for pod in pods(objects) if pod.kind == "Deployment"]


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_every_selector_matches_its_own_pods_and_no_others(chart: Chart, values: Values) -> None:
    objects = chart.render(values)

    for each in of_kind(objects, "Deployment"):
        selector = each["spec"]["selector"]
        matched = [str(pod) for pod in pods(objects) if selects(selector, pod.labels)]
        assert matched == [name(each)]
    for each in of_kind(objects, "Service"):
        selector = {"matchLabels": each["spec"]["selector"]}
        assert len([pod for pod in pods(objects) if selects(selector, pod.labels)]) == 1, name(each)
    for each in of_kind(objects, "PodDisruptionBudget", when=has(values, "api")):
        assert (
            len([p for p in servers(objects) if selects(each["spec"]["selector"], p.labels)]) == 1
        )
    scaled = has(values, "api", "autoscaling") and values is CASES["larger"]
    for each in of_kind(objects, "HorizontalPodAutoscaler", when=scaled):
        target = each["spec"]["scaleTargetRef"]
        assert f"{target['kind']}/{target['name']}" in map(name, objects)


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_every_port_of_a_service_is_a_port_of_its_pod(chart: Chart, values: Values) -> None:
    objects = chart.render(values)

    for each in of_kind(objects, "Service"):
        selector = {"matchLabels": each["spec"]["selector"]}
        (pod,) = (pod for pod in pods(objects) if selects(selector, pod.labels))
        ports = {port["name"] for c in pod.spec["containers"] for port in c.get("ports", ())}
        for port in some(each["spec"]["ports"]):
            assert port["name"]
            assert port["targetPort"] in ports, f"{name(each)}: {port}"


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_every_probe_asks_a_port_of_its_container(chart: Chart, values: Values) -> None:
    containers = [(pod, each) for pod in pods(chart.render(values)) for each in pod.containers]
    probes = [
        (f"{pod} {kind}", container.get("ports", ()), container[kind][way])
        for pod, container in containers
        for kind in ("startupProbe", "readinessProbe", "livenessProbe")
        for way in ("httpGet", "tcpSocket")
        if way in container.get(kind, {})
    ]

    for which, ports, probe in some(probes):
        assert probe["port"] in {port["name"] for port in ports}, which


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_every_client_has_an_address_with_a_service(chart: Chart, values: Values) -> None:
    objects = chart.render(values)
    services = {
        (each["metadata"]["name"], port["port"])
        for each in of_kind(objects, "Service")
        for port in each["spec"]["ports"]
    }

    told = [
        (str(pod), host, port)
        for pod in pods(objects)
        for container in pod.containers
        for host, port in addresses(environment(container, objects))
    ]

    for pod, host, port in some(told):
        known = external(host) or (host, port) in services
        # Who calls a part that is left out, calls in vain.
        assert known or not has(values, host), f"{pod}: {host}:{port}"


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_every_backend_of_an_ingress_is_a_service(chart: Chart, values: Values) -> None:
    objects = chart.render(values)
    ports = {
        (each["metadata"]["name"], port["name"])
        for each in of_kind(objects, "Service")
        for port in each["spec"]["ports"]
    }

    reached = has(values, "ingress") and has(values, "api") and "parentRefs" not in str(values)
    for ingress in of_kind(objects, "Ingress", when=reached):
        for rule in some(ingress["spec"]["rules"]):
            for path in some(rule["http"]["paths"]):
                service = path["backend"]["service"]
                assert (service["name"], service["port"]["name"]) in ports, name(ingress)


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_every_mount_has_its_volume_and_every_volume_its_mount(
    chart: Chart, values: Values
) -> None:
    for pod in pods(chart.render(values)):
        volumes = {volume["name"] for volume in pod.spec.get("volumes", ())}
        mounts = {m["name"] for c in pod.containers for m in c.get("volumeMounts", ())}
        assert volumes == mounts, pod


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_every_claim_is_mounted_and_every_mounted_claim_is_there(
    chart: Chart, values: Values
) -> None:
    objects = chart.render(values)
    ours = has(values, "postgresql") or has(values, "minio")
    claims = {
        each["metadata"]["name"] for each in of_kind(objects, "PersistentVolumeClaim", when=ours)
    }
    mounted = {
        volume["persistentVolumeClaim"]["claimName"]
        for pod in pods(objects)
        for volume in pod.spec.get("volumes", ())
        if "persistentVolumeClaim" in volume
    }

    assert claims <= mounted
    assert mounted - claims <= given(values)


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_every_reference_is_rendered_optional_or_given(chart: Chart, values: Values) -> None:
    objects = chart.render(values)
    there = {(each["kind"], each["metadata"]["name"]) for each in objects}

    found = [(pod, *each) for pod in pods(objects) for each in _references(pod)]

    for pod, kind, reference in some(found):
        known = (kind, reference["name"]) in there or reference["name"] in given(values)
        assert known or reference.get("optional"), f"{pod}: {kind} {reference['name']}"


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_every_image_has_a_full_version(chart: Chart, values: Values) -> None:
    for pod in pods(chart.render(values)):
        for container in pod.containers:
            image = str(container["image"])
            version = image.split("@")[1] if "@" in image else image.rsplit(":", 1)[-1]
            assert FULL_TAG.match(version), f"{pod}: {image}"


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_every_object_has_the_labels_of_the_release(chart: Chart, values: Values) -> None:
    for each in chart.render(values):
        labels = each["metadata"].get("labels", {})
        assert labels.get("app.kubernetes.io/part-of") == "rookery", name(each)
        assert labels.get("app.kubernetes.io/instance") == "rookery", name(each)
        assert labels.get("app.kubernetes.io/managed-by") == "Helm", name(each)
        assert {"app.kubernetes.io/name", "app.kubernetes.io/version", "helm.sh/chart"} <= set(
            labels
        ), name(each)


def _references(pod: Pod) -> list[tuple[str, Object]]:
    found: list[tuple[str, Object]] = []
    for volume in pod.spec.get("volumes", ()):
        sources = [volume, *volume.get("projected", {}).get("sources", ())]
        for source in sources:
            if "configMap" in source:
                found.append(("ConfigMap", source["configMap"]))
            if "secret" in source:
                secret = source["secret"]
                found.append(("Secret", {"name": secret.get("secretName"), **secret}))
    for container in pod.containers:
        for each in container.get("env", ()):
            source = each.get("valueFrom", {})
            if "secretKeyRef" in source:
                found.append(("Secret", source["secretKeyRef"]))
            if "configMapKeyRef" in source:
                found.append(("ConfigMap", source["configMapKeyRef"]))
    return found
