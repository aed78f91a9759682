"""Every pod of every case: Pod Security `restricted`, and what the chart demands beyond it."""

import pytest
from tests.chart.cases import CASES, has
from tests.chart.chart import ROOT, Chart, Values
from tests.chart.manifests import Object, of_kind, pods
from tests.chart.pod_security import hardened, restricted, unprobed
from tests.chart.quantities import quantity
from tests.some import some

BUDGET = 1.5
"""CPUs that a default installation may request, its bootstrap Jobs included."""
OF_KUBERNETES = 0.9
"""CPUs that a kind node's own pods request: 0.88 (kube-system, the provisioner of volumes)."""


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_every_pod_passes_restricted(chart: Chart, values: Values) -> None:
    found = {str(pod): restricted(pod) for pod in pods(chart.render(values))}

    assert {pod: said for pod, said in found.items() if said} == {}


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_every_pod_is_hardened(chart: Chart, values: Values) -> None:
    found = {str(pod): hardened(pod) for pod in pods(chart.render(values))}

    # What OpenShift gives by itself.
    given = "runAs" if values is CASES["example-openshift"] else None
    assert {
        pod: [each for each in said if not (given and given in each)] for pod, said in found.items()
    } == {pod: [] for pod in found}


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_every_server_has_three_probes(chart: Chart, values: Values) -> None:
    servers = [pod for pod in pods(chart.render(values)) if pod.kind == "Deployment"]
    found = {str(pod): unprobed(pod) for pod in servers}

    assert {pod: said for pod, said in found.items() if said} == {}


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_only_traefik_may_talk_to_kubernetes(chart: Chart, values: Values) -> None:
    objects, traefik = chart.render(values), has(values, "ingress", "traefik")

    bound = [
        subject["name"]
        for binding in of_kind(objects, "RoleBinding", when=traefik)
        for subject in binding["subjects"]
    ]
    accounts = {pod.spec.get("serviceAccountName") for pod in pods(objects)} - {None}
    made = {each["metadata"]["name"] for each in objects if each["kind"] == "ServiceAccount"}
    assert set(bound) == ({"traefik"} if traefik else set())
    assert accounts == made
    assert ("traefik" in accounts) == traefik


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_roles_only_read_and_never_secrets_of_others(chart: Chart, values: Values) -> None:
    traefik = has(values, "ingress", "traefik")

    for role in of_kind(chart.render(values), "Role", when=traefik):
        for rule in some(role["rules"]):
            writes = set(rule["verbs"]) - {"get", "list", "watch"}
            assert not writes or rule["resources"] == ["ingresses/status"], rule
            assert "*" not in rule["resources"] + rule["apiGroups"] + rule["verbs"]


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_no_secret_is_written_into_a_pod(chart: Chart, values: Values) -> None:
    names = ("PASSWORD", "SECRET", "TOKEN", "API_KEY", "ACCESS_KEY")

    variables = [
        (str(pod), each)
        for pod in pods(chart.render(values))
        for container in pod.containers
        for each in container.get("env", ())
    ]

    for pod, each in some(v for v in variables if any(word in v[1]["name"] for word in names)):
        assert not each.get("value"), f"{pod}: {each['name']}"


def test_default_installation_fits_its_budget(chart: Chart) -> None:
    requests = {
        each["metadata"]["name"]: _cpu(each)
        for each in of_kind(chart.render({}), "Deployment", "Job")
    }

    assert sum(requests.values()) <= BUDGET, requests


def test_an_upgrade_with_own_models_fits_a_kind_node_of_two_processors(chart: Chart) -> None:
    spec, data = ((ROOT / "examples" / file).read_text() for file in ("wine.yaml", "wine.csv"))
    models = {
        name: {"spec": spec.replace("name: wine", f"name: {name}"), "data": data}
        for name in ("wine", "wine-2", "wine-3")
    }
    objects = chart.render({**CASES["kind"], "global": {"models": models}})
    rolling = [
        each
        for each in of_kind(objects, "Deployment")
        if each["spec"]["strategy"]["type"] == "RollingUpdate"
    ]

    # The old pod of each is there until the new one is ready.
    requested = sum(map(_cpu, of_kind(objects, "Deployment", "Job")))
    requested += sum(_cpu(each) / (each["spec"].get("replicas") or 1) for each in rolling)

    assert len(of_kind(objects, "Job")) > 2 * len(models)
    assert requested <= 2 - OF_KUBERNETES


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_jobs_ask_for_memory_that_their_limits_hold(chart: Chart, values: Values) -> None:
    for pod in pods(chart.render(values)):
        for container in pod.containers:
            resources = container["resources"]
            limit, request = resources["limits"]["memory"], resources["requests"]["memory"]
            assert quantity(request) <= quantity(limit), f"{pod} {container['name']}"


def _cpu(controller: Object) -> float:
    """What its pods request: containers together, or an earlier one that wants more."""
    spec = controller["spec"]
    pod = spec["template"]["spec"]
    together, *first = (
        sum(quantity(c["resources"]["requests"]["cpu"]) for c in containers)
        for containers in (pod["containers"], *([each] for each in pod.get("initContainers", ())))
    )
    pods_at_once = int(spec.get("replicas") or spec.get("parallelism") or 1)
    return pods_at_once * max(together, *first, 0.0)
