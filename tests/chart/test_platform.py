"""What a platform's team looks for: others' clusters, names, certificates, images, upgrades."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.chart.cases import CASES, EXISTING
from tests.chart.chart import Chart, Values, merged, nested
from tests.chart.environment import environment
from tests.chart.manifests import Object, Pod, name, of_kind, one, pods
from tests.some import some

FIRST: Values = yaml.safe_load((Path(__file__).parent / "values/first-release.yaml").read_text())
RETIRED = {
    "api.minAvailable": "api.podDisruptionBudget.maxUnavailable",
    "ingress.traefik.nodePort": "ingress.traefik.service.nodePort",
}
"""Keys of the first release, and what they are called now."""
IPV4_ALONE = "0.0.0.0"  # noqa: S104 - what a server of an IPv4 cluster is told
HOST = nested("global.ingress.host", "rookery.example.org")
TLS: Values = merged(
    HOST,
    nested("ingress.tls", [{"hosts": ["rookery.example.org"], "secretName": "existing-tls"}]),
    nested("ingress.traefik.service", {"type": "LoadBalancer", "nodePort": None}),
)
OWN_STORE: Values = merged(
    nested("minio.enabled", False),
    nested("global.s3", {"endpoint": "https://s3.eu-central-1.amazonaws.com"}),
    nested("global.s3.credentials", "identity"),
)


def pod(objects: list[Object], which: str) -> Pod:
    (found,) = (each for each in pods(objects) if str(each) == which)
    return found


def arguments(objects: list[Object]) -> list[str]:
    """Those of Traefik."""
    found: list[str] = pod(objects, "Deployment/traefik").containers[0]["args"]
    return found


def test_values_of_the_first_release_keep_working_or_fail_with_the_new_name(chart: Chart) -> None:
    kept: Any = merged(FIRST)
    for path, new in RETIRED.items():
        *around, key = path.split(".")
        inner = kept
        for each in around:
            inner = inner[each]
        value = inner.pop(key)
        said = chart.refusal(nested(path, value))
        assert f"{path} is called {new} now" in said
        assert f"take the old key out with --set {path}=null" in said

    def names(values: Values) -> set[str]:
        return {re.sub("-[0-9a-f]{10}$", "", name(e)) for e in chart.render(values)}

    open_then = merged(
        nested("notebook.enabled", True),
        nested("global.mlflow.auth.enabled", False),
        nested("global.networkPolicies.enabled", False),
    )
    assert names(kept) == names(open_then)


def test_a_model_is_switched_off_in_every_part(chart: Chart, chart_of_helm3: Chart) -> None:
    for each in (chart, chart_of_helm3):
        objects = each.render(nested("global.models.sex.enabled", False))

        assert [name(o) for o in objects if "-sex" in name(o)] == []
        assert "CronJob/trainer-species" in map(name, objects)


def test_keys_of_others_in_global_are_theirs(chart: Chart, chart_of_helm3: Chart) -> None:
    others = {"cattle": {"clusterId": "c-1"}, "env": "production", "fleet": {"clusterLabels": {}}}

    for each in (chart, chart_of_helm3):
        assert each.render(merged(EXISTING, {"global": others})) == each.render(EXISTING)


@pytest.mark.parametrize(
    ("values", "budgets"),
    [
        ({}, {"api"}),
        (nested("api.replicas", 1), set()),
        (nested("api.autoscaling", {"enabled": True, "minReplicas": 1}), set()),
        (nested("ingress.traefik.replicas", 2), {"api", "traefik"}),
    ],
)
def test_a_budget_never_stops_a_drain(chart: Chart, values: Values, budgets: set[str]) -> None:
    objects = chart.render(values)

    found = of_kind(objects, "PodDisruptionBudget", when=bool(budgets))

    assert {each["metadata"]["name"] for each in found} == budgets
    for each in some(found, when=bool(budgets)):
        assert each["spec"]["maxUnavailable"] == 1
        assert "minAvailable" not in each["spec"]


@pytest.mark.parametrize("part", ["api", "traefik"])
def test_the_loss_of_a_node_takes_one_pod_of_several(chart: Chart, part: str) -> None:
    objects = chart.render(nested("ingress.traefik.replicas", 2))

    (spread,) = pod(objects, f"Deployment/{part}").spec["topologySpreadConstraints"]

    assert spread["topologyKey"] == "kubernetes.io/hostname"
    # A cluster of one node runs them all.
    assert spread["whenUnsatisfiable"] == "ScheduleAnyway"
    selected = one(objects, "Deployment", part)["spec"]["selector"]["matchLabels"]
    assert spread["labelSelector"]["matchLabels"] == selected


def test_with_a_certificate_plain_http_is_redirected(chart: Chart) -> None:
    objects = chart.render(TLS)

    assert "--entrypoints.web.http.redirections.entrypoint.to=:443" in arguments(objects)
    assert "--entrypoints.web.http.redirections.entrypoint.scheme=https" in arguments(objects)
    assert not [each for each in arguments(chart.render({})) if "redirections" in each]


def test_the_https_port_of_the_nodes_is_the_one_that_values_give(chart: Chart) -> None:
    service = {"type": "NodePort", "nodePort": 30081, "httpsNodePort": 30443}
    objects = chart.render(merged(TLS, nested("ingress.traefik.service", service)))

    ports = {
        p["name"]: p.get("nodePort") for p in one(objects, "Service", "traefik")["spec"]["ports"]
    }

    assert ports == {"web": 30081, "websecure": 30443}
    assert "--entrypoints.web.http.redirections.entrypoint.to=:30443" in arguments(objects)


def test_a_wildcard_is_a_certificate_of_every_host_below_it(chart: Chart) -> None:
    tls = [{"hosts": ["*.example.org"], "secretName": "existing-tls"}]

    ingress = one(chart.render(merged(TLS, nested("ingress.tls", tls))), "Ingress", "api")

    assert ingress["spec"]["tls"] == tls


def test_our_traefik_alone_takes_our_ingresses(chart: Chart) -> None:
    objects = chart.render(CASES["everything-open"])
    (wanted,) = (a.split("=")[1] for a in arguments(objects) if ".ingressclass=" in a)

    for each in of_kind(objects, "Ingress"):
        # A controller that looks for no class takes what names none: neither way.
        assert each["metadata"]["annotations"]["kubernetes.io/ingress.class"] == wanted
        assert "ingressClassName" not in each["spec"]
    assert "--providers.kubernetesingress.disableclusterscoperesources=true" in arguments(objects)
    assert wanted not in ("", "traefik")


def test_the_api_has_several_hosts(chart: Chart) -> None:
    values = merged(HOST, nested("global.ingress.hosts", ["penguins.example.org"]))
    objects = chart.render(values)

    rules = one(objects, "Ingress", "api")["spec"]["rules"]
    allowed = environment(pod(objects, "Deployment/api").containers[0], objects)

    assert [each["host"] for each in rules] == ["rookery.example.org", "penguins.example.org"]
    assert "penguins.example.org" in allowed["ROOKERY_API_ALLOWED_HOSTS"]


def test_a_prefix_of_paths_is_taken_off_before_the_api(chart: Chart) -> None:
    objects = chart.render(merged(HOST, nested("ingress.path", "/rookery")))
    ingress = one(objects, "Ingress", "api")
    file = yaml.safe_load(one(objects, "ConfigMap", "traefik")["data"]["dynamic.yaml"])

    (path,) = ingress["spec"]["rules"][0]["http"]["paths"]
    used = ingress["metadata"]["annotations"]["traefik.ingress.kubernetes.io/router.middlewares"]
    assert (path["path"], path["pathType"]) == ("/rookery", "Prefix")
    assert "path@file" in used.split(",")
    assert file["http"]["middlewares"]["path"] == {"stripPrefix": {"prefixes": ["/rookery"]}}


def test_a_gateway_has_routes_in_place_of_ingresses(chart: Chart) -> None:
    parents = [{"name": "public", "namespace": "gateways"}]
    values = merged(
        HOST,
        nested("global.networkPolicies.controllers", [{"podSelector": {}}]),
        nested("ingress", {"path": "/rookery", "traefik": {"enabled": False}}),
        nested("ingress.gateway", {"parentRefs": parents, "annotations": {"a.example.org/b": "c"}}),
    )
    objects = chart.render(values)

    route = one(objects, "HTTPRoute", "api")

    assert of_kind(objects, "Ingress", when=False) == []
    assert route["apiVersion"] == "gateway.networking.k8s.io/v1"
    assert route["spec"]["parentRefs"] == parents
    assert route["spec"]["hostnames"] == ["rookery.example.org"]
    (rule,) = route["spec"]["rules"]
    service = one(objects, "Service", "api")["spec"]["ports"][0]["port"]
    assert rule["backendRefs"] == [{"name": "api", "port": service}]
    assert rule["matches"] == [{"path": {"type": "PathPrefix", "value": "/rookery"}}]
    rewrite = {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}}
    assert rule["filters"] == [{"type": "URLRewrite", "urlRewrite": rewrite}]


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_every_image_names_its_registry(chart: Chart, values: Values) -> None:
    for each in pods(chart.render(values)):
        for container in each.containers:
            registry = container["image"].split("/")[0]
            assert registry == "localhost" or "." in registry, container["image"]


def test_a_registry_of_ones_own_takes_the_place_of_every_other(chart: Chart) -> None:
    objects = chart.render(nested("global.imageRegistry", "mirror.example.org/library"))

    found = {c["image"] for each in pods(objects) for c in each.containers}

    assert {each.rsplit("/", 2 if "rookery" in each else 1)[0] for each in found} == {
        "mirror.example.org/library"
    }


def test_the_tag_of_mlflows_image_changes_with_our_part_of_it(chart: Chart) -> None:
    objects = chart.render({})
    versions = {each["metadata"]["labels"]["app.kubernetes.io/version"] for each in objects}

    image = pod(objects, "Deployment/mlflow").containers[0]["image"]

    ours = one(objects, "Deployment", "api")["metadata"]["labels"]["app.kubernetes.io/version"]
    assert image.endswith(f"-{ours}")
    assert len(versions) > 3


def test_the_version_of_a_part_is_that_of_its_program(chart: Chart) -> None:
    objects = chart.render(nested("global.images.postgresql.tag", "18.7-trixie"))

    def version(kind: str, named: str) -> str:
        return str(one(objects, kind, named)["metadata"]["labels"]["app.kubernetes.io/version"])

    assert version("Deployment", "postgresql") == version("Service", "postgresql") == "18.7-trixie"
    assert version("Deployment", "traefik")[0] != "v"


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_a_label_of_ours_has_a_domain_for_a_prefix(chart: Chart, values: Values) -> None:
    labels = {key for each in chart.render(values) for key in each["metadata"]["labels"]}
    labels |= {key for each in pods(chart.render(values)) for key in each.labels}

    assert {key.split("/")[0] for key in labels if "/" in key} <= {
        "app.kubernetes.io",
        "helm.sh",
        "rookery.internal",
    }


def test_servers_listen_in_both_families(chart: Chart) -> None:
    objects = chart.render({})
    api = environment(pod(objects, "Deployment/api").containers[0], objects)

    assert (api["ROOKERY_API_HOST"], api["ROOKERY_API_MANAGEMENT_HOST"]) == ("", "")
    assert IPV4_ALONE not in str([each.spec for each in pods(objects)])
    assert "--host=" in _mlflow(objects)
    # Several workers share one socket, which uvicorn opens by the host.
    assert "--host=::" in _mlflow(chart.render(nested("mlflow.workers", 2)))
    ipv4 = merged(nested("mlflow.workers", 2), nested("global.ipFamilies", ["IPv4"]))
    assert f"--host={IPV4_ALONE}" in _mlflow(chart.render(ipv4))


def _mlflow(objects: list[Object]) -> list[str]:
    (server,) = (c for c in pod(objects, "Deployment/mlflow").containers if c["name"] == "mlflow")
    found: list[str] = server["args"]
    return found


def test_an_identity_takes_the_place_of_keys(chart: Chart) -> None:
    objects = chart.render(OWN_STORE)

    assert "Secret/s3" not in map(name, objects)
    for each in pods(objects):
        for container in each.containers:
            variables = {e["name"] for e in container.get("env", ())}
            assert not {v for v in variables if "ACCESS_KEY" in v or "SECRET_KEY" in v} - {
                "MLFLOW_FLASK_SERVER_SECRET_KEY"
            }, each


@pytest.mark.parametrize(("size", "refused"), [(700_001, True), (600_000, False)])
def test_a_table_that_no_release_holds_is_refused_with_another_way(
    chart: Chart, size: int, refused: bool
) -> None:
    values = merged(
        CASES["own-model"], nested("global.models.wine.data", "1,2\n" * (size // 4 + 1))
    )

    if not refused:
        assert chart.render(values)
        return
    said = chart.refusal(values)
    assert "global.models.wine.data has" in said
    assert "rookery cluster upload" in said


@pytest.mark.parametrize("which", ["Pod/test-rights", "Job/preflight"])
def test_what_looks_runs_where_the_jobs_run(chart: Chart, which: str) -> None:
    where = {
        "nodeSelector": {"pool": "batch"},
        "tolerations": [{"key": "batch", "operator": "Exists"}],
    }
    found = pod(chart.render(nested("pipeline", where)), which)

    assert {key: found.spec.get(key) for key in where} == where


def test_notes_never_send_a_key_in_clear(chart: Chart) -> None:
    keys = nested("api.access", "keys")

    plain, secure = (chart.notes(merged(keys, values)) for values in (HOST, TLS))

    assert "curl http://127.0.0.1:8080/predict/species" in plain
    assert "http://rookery.example.org" not in plain
    assert "curl https://rookery.example.org/predict/species" in secure
    assert "X-API-Key: $KEY" in plain
    assert "get secret api" in plain


def test_faults_are_told_all_at_once(chart: Chart) -> None:
    said = chart.refusal(
        merged(nested("minio.enabled", False), nested("global.postgresql.sslmode", "verify-full"))
    )

    assert "name yours in global.s3.endpoint" in said
    assert "global.postgresql.sslmode is verify-full" in said


@pytest.mark.parametrize("on", [True, False])
def test_the_notes_say_whether_policies_are_on_and_how_to_see_whether_they_are_enforced(
    chart: Chart, on: bool
) -> None:
    said = chart.notes(nested("global.networkPolicies.enabled", on))

    assert ("NetworkPolicies are on" in said) == on
    assert ("without a policy controller" in said) == on
    assert ("run stranger --rm -i --restart=Never --image=localhost/rookery/trainer:" in said) == on


@pytest.mark.parametrize("secret", ["", "mlflow-of-ours"])
def test_the_notes_say_how_to_log_in_to_mlflow_where_it_asks_for_a_login(
    chart: Chart, secret: str
) -> None:
    asks = nested("global.mlflow.auth.existingSecret", secret)
    asked, open_to_all = map(chart.notes, (asks, nested("global.mlflow.auth.enabled", False)))

    named = secret or "mlflow-auth"
    told = f'get secret {named} --output go-template=\'{{{{index .data "admin-password" |'
    assert "http://127.0.0.1:5000, user admin" in asked
    assert told in asked
    assert "user admin" not in open_to_all
    assert "http://127.0.0.1:5000" in open_to_all


@pytest.mark.parametrize("kind", ["ClusterIP", "NodePort"])
def test_the_notes_say_that_an_address_is_mapped_only_where_there_is_a_node_port(
    chart: Chart, kind: str
) -> None:
    said = chart.notes(nested("ingress.traefik.service.type", kind))

    assert ("kind cluster made with kind-config.yaml" in said) == (kind == "NodePort")
    assert ("which this opens in another terminal" in said) == (kind == "ClusterIP")
    assert "port-forward service/api 8080:80" in said


@pytest.mark.parametrize("values", [{"bootstrap": False}, {}, {"enabled": False}], ids=str)
def test_where_no_job_of_an_installation_runs_the_notes_name_the_one_that_has_to(
    chart: Chart, values: Values
) -> None:
    said = chart.notes({"pipeline": values})

    named = "create job databases-1 --from=cronjob/databases" in said
    assert named == (values == {"bootstrap": False})


@pytest.mark.parametrize("on", [True, False])
def test_the_notes_say_what_ends_the_autoscalers_say(chart: Chart, on: bool) -> None:
    said = chart.notes(nested("api.autoscaling.enabled", on))

    assert ("The autoscaler decides how many pods the API has" in said) == on
