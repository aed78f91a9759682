"""Who may ask the API of a release, and by which key its own clients do."""

import json

import pytest
from tests.chart.cases import CASES, has
from tests.chart.chart import Chart, Values, merged, nested
from tests.chart.environment import environment
from tests.chart.manifests import Object, Pod, name, of_kind, one, pods
from tests.some import some

KEY = "key-of-the-tests-12345"
NAMED = {"shop": {"key": "shop-of-the-tests-1234", "scopes": ["predict"], "maxInFlight": 7}}
CLIENTS = {"Deployment/notebook", "Pod/test-prediction"}
"""Whoever of the release asks the API."""
VARIABLES = ("ROOKERY_API_ACCESS", "ROOKERY_API_API_KEY", "ROOKERY_API_KEYS")


def variables(objects: list[Object], pod: str) -> dict[str, str]:
    """The environment of the pod's one program."""
    (found,) = (each for each in pods(objects) if str(each) == pod)
    return environment(found.spec["containers"][0], objects)


@pytest.mark.parametrize(
    ("given", "access"),
    [
        ({}, "keys"),
        ({"access": "open"}, "open"),
        ({"access": "keys"}, "keys"),
        ({"apiKey": KEY}, "keys"),
        ({"existingSecret": "mine"}, "keys"),
        ({"keys": NAMED}, "keys"),
        ({"keys": {"shop": None}}, "keys"),
    ],
)
def test_a_key_that_values_give_is_asked_for(
    chart: Chart, given: dict[str, object], access: str
) -> None:
    found = variables(chart.render({"api": given}), "Deployment/api")

    assert found["ROOKERY_API_ACCESS"] == access
    assert ("ROOKERY_API_API_KEY" in found) == (access == "keys")


@pytest.mark.parametrize(
    "given",
    [{"access": "keys"}, {"apiKey": KEY}, {"existingSecret": "mine"}, {"keys": NAMED}],
    ids=["random", "given", "existing", "named"],
)
def test_every_client_of_the_release_shows_the_key_that_opens_everything(
    chart: Chart, given: dict[str, object]
) -> None:
    objects = chart.render({"api": given, "notebook": {"enabled": True}})

    key = variables(objects, "Deployment/api")["ROOKERY_API_API_KEY"]

    assert len(key) >= 16
    for client in CLIENTS:
        assert variables(objects, client)["ROOKERY_API_API_KEY"] == key, client


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_every_pod_with_the_apis_address_has_its_key(chart: Chart, values: Values) -> None:
    objects = chart.render(values)
    found = {str(pod): environment(_program(pod), objects) for pod in pods(objects)}
    asks = "ROOKERY_API_API_KEY" in found.get("Deployment/api", {})
    clients = [pod for pod in found if "ROOKERY_API_URL" in found[pod]]

    for client in some(clients, when=has(values, "api")):
        assert ("ROOKERY_API_API_KEY" in found[client]) == asks, client


def test_named_keys_are_in_the_secret_alone(chart: Chart) -> None:
    objects = chart.render({"api": {"keys": NAMED}})

    found = json.loads(variables(objects, "Deployment/api")["ROOKERY_API_KEYS"])

    shop = NAMED["shop"]
    assert found == {
        "shop": {"key": shop["key"], "scopes": ["predict"], "max_in_flight": 7},
    }
    elsewhere = [each for each in objects if name(each) != "Secret/api"]
    assert str(shop["key"]) not in str(elsewhere)


def test_an_existing_secret_may_hold_named_keys_too(chart: Chart) -> None:
    (api,) = (
        each
        for each in pods(chart.render({"api": {"existingSecret": "mine"}}))
        if str(each) == "Deployment/api"
    )

    (named,) = (each for each in _program(api)["env"] if each["name"] == "ROOKERY_API_KEYS")
    reference = named["valueFrom"]["secretKeyRef"]
    assert reference == {"name": "mine", "key": "keys", "optional": True}


def test_another_key_restarts_whoever_reads_it_and_nobody_else(chart: Chart) -> None:
    notebook = {"enabled": True}
    before, after, named = (
        _templates(chart.render({"api": given, "notebook": notebook}))
        for given in (
            {"apiKey": KEY},
            {"apiKey": f"another-{KEY}"},
            {"apiKey": KEY, "keys": NAMED},
        )
    )

    assert {pod for pod in before if before[pod] != after[pod]} == {
        "Deployment/api",
        "Deployment/notebook",
    }
    assert {pod for pod in before if before[pod] != named[pod]} == {"Deployment/api"}


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_the_management_port_is_in_no_service_and_no_ingress(chart: Chart, values: Values) -> None:
    objects = chart.render(values)
    ways = of_kind(objects, "Service", "Ingress")
    reached = [
        port["targetPort"] for each in of_kind(ways, "Service") for port in each["spec"]["ports"]
    ]

    assert {"management", 9464}.isdisjoint(some(reached))
    assert "9464" not in str(ways)


def test_prometheus_finds_the_port_by_the_annotations_of_the_pods(chart: Chart) -> None:
    objects = chart.render({})
    (api,) = (each for each in pods(objects) if str(each) == "Deployment/api")

    annotations = api.metadata["annotations"]

    ports = {port["name"]: port["containerPort"] for port in _program(api)["ports"]}
    assert annotations["prometheus.io/scrape"] == "true"
    assert annotations["prometheus.io/path"] == "/metrics"
    assert annotations["prometheus.io/port"] == str(ports["management"])
    found = variables(objects, "Deployment/api")
    assert found["ROOKERY_API_MANAGEMENT_PORT"] == annotations["prometheus.io/port"]


def test_probes_ask_the_port_that_callers_use(chart: Chart) -> None:
    api = one(chart.render({}), "Deployment", "api")["spec"]["template"]["spec"]["containers"][0]

    for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert api[kind]["httpGet"]["port"] == "http"
        assert api[kind]["httpGet"]["path"] in ("/livez", "/readyz")


@pytest.mark.parametrize(
    "given", [{"apiKey": "s3cret"}, {"keys": {"a": {"key": "s3cret", "scopes": ["read"]}}}]
)
def test_a_refusal_does_not_print_the_key(chart: Chart, given: dict[str, object]) -> None:
    said = chart.refusal({"api": given})

    assert "16 to 512 characters" in said
    assert "s3cret" not in said


def test_by_default_nothing_is_open(chart: Chart) -> None:
    objects = chart.render({})

    assert {each["spec"]["type"] for each in of_kind(objects, "Service")} == {"ClusterIP"}
    assert "Deployment/notebook" not in map(name, objects)
    assert variables(objects, "Deployment/api")["ROOKERY_API_ACCESS"] == "keys"
    (mlflow,) = (p for p in pods(objects) if str(p) == "Deployment/mlflow")
    assert "--app-name=basic-auth" in mlflow.spec["containers"][0]["args"]


def test_the_file_for_kind_says_what_is_open(chart: Chart) -> None:
    opened = chart.render(CASES["kind"])

    service = one(opened, "Service", "traefik")["spec"]
    assert variables(opened, "Deployment/api")["ROOKERY_API_ACCESS"] == "open"
    assert (service["type"], service["ports"][0]["nodePort"]) == ("NodePort", 30080)
    assert "Deployment/notebook" in map(name, opened)
    assert "api.access is open" in chart.refusal(merged(CASES["kind"], nested("api.apiKey", KEY)))


def _program(pod: Pod) -> Object:
    container: Object = pod.spec["containers"][0]
    return container


def _templates(objects: list[Object]) -> dict[str, str]:
    return {str(pod): str(pod.metadata) + str(pod.spec) for pod in pods(objects)}
