"""Values that others start from: what each is for, it does."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.chart.cases import CASES, EXAMPLES
from tests.chart.chart import Chart, Values, merged, nested
from tests.chart.manifests import Object, of_kind, one, pods
from tests.some import some

from rookery_local.cluster.installation_secrets import KEYS, pointing_values

NAMES = {path.stem for path in EXAMPLES.glob("*.yaml")}
GITOPS = ("argo-cd", "flux")


def gitops(name: str) -> Object:
    """The manifest for a tool that renders the chart by itself."""
    read: Object = yaml.safe_load((EXAMPLES / "gitops" / f"{name}.yaml").read_text())
    return read


def values_of(name: str) -> Values:
    """The values within it."""
    spec: Any = gitops(name)["spec"]
    found: Values = spec["values"] if name == "flux" else spec["source"]["helm"]["valuesObject"]
    return found


def test_there_is_one_for_each_platform() -> None:
    assert {
        *("openshift", "eks", "rancher", "behind-a-proxy", "cert-manager", "gateway-api"),
        *("ipv6-first", "existing-secrets", "external-postgresql", "external-s3"),
    } <= NAMES
    assert {f"example-{name}" for name in NAMES} <= CASES.keys()


@pytest.mark.parametrize("name", [*GITOPS, "existing-secrets"])
@pytest.mark.parametrize("helm", ["chart", "chart_of_helm3"])
def test_what_is_rendered_without_the_cluster_is_the_same_each_time(
    request: pytest.FixtureRequest, helm: str, name: str
) -> None:
    chart: Chart = request.getfixturevalue(helm)
    values = values_of(name) if name in GITOPS else CASES[f"example-{name}"]

    first, second = (Chart(chart.helm, chart.home).text(values) for _ in range(2))

    assert first == second
    assert "\nkind: Secret\n" not in first


@pytest.mark.parametrize("helm", ["chart", "chart_of_helm3"])
def test_with_the_secrets_that_the_command_makes_two_renders_are_equal(
    request: pytest.FixtureRequest, helm: str
) -> None:
    chart: Chart = request.getfixturevalue(helm)
    values = merged(nested("notebook.enabled", True), pointing_values("rookery"))

    first, second = (Chart(chart.helm, chart.home).text(values) for _ in range(2))

    assert first == second
    assert "\nkind: Secret\n" not in first


@pytest.mark.parametrize("name", [*GITOPS, "existing-secrets"])
def test_the_command_makes_the_secrets_that_an_example_names(name: str) -> None:
    values = values_of(name) if name in GITOPS else CASES[f"example-{name}"]

    assert merged(values, pointing_values("rookery")) == merged(pointing_values("rookery"), values)


def test_every_key_that_a_pod_reads_is_among_those_that_the_command_draws(chart: Chart) -> None:
    values = merged(nested("notebook.enabled", True), pointing_values("rookery"))

    read = {
        (reference["name"], reference["key"])
        for pod in some(pods(chart.render(values)))
        for container in some(pod.containers)
        for each in container.get("env", ())
        if not (reference := each.get("valueFrom", {}).get("secretKeyRef", {})).get("optional")
        if reference
    }

    assert read == {(f"rookery-{name}", key) for name, keys in KEYS.items() for key in keys}


@pytest.mark.parametrize("name", GITOPS)
def test_a_gitops_tool_is_pointed_at_the_chart(name: str) -> None:
    text = str(gitops(name)["spec"])

    assert "charts/rookery" in text
    assert Path(EXAMPLES / "gitops" / f"{name}.yaml").is_file()


def test_openshift_gives_user_and_group(chart: Chart) -> None:
    rendered = pods(chart.render(CASES["example-openshift"]))

    assert [str(each) for each in rendered if "runAsUser" in str(each.spec)] == []
    (rule,) = one(chart.render(CASES["example-openshift"]), "Ingress", "api")["spec"]["rules"]
    assert rule["host"] == "rookery.apps.example.org"


def test_eks_knows_no_key_of_s3_and_verifies_rds(chart: Chart) -> None:
    objects = chart.render(CASES["example-eks"])

    accounts = {
        each["metadata"]["name"]: each["metadata"].get("annotations", {})
        for each in of_kind(objects, "ServiceAccount")
    }
    text = str(objects)

    assert "eks.amazonaws.com/role-arn" in accounts["mlflow"]
    assert "eks.amazonaws.com/role-arn" in accounts["pipeline"]
    assert "AWS_ACCESS_KEY_ID" not in text
    assert "ROOKERY_S3_ACCESS_KEY" not in text
    assert "verify-full" in text
    for pod in some(each for each in pods(objects) if each.kind == "CronJob"):
        env = {each["name"]: each.get("value") for each in pod.containers[0]["env"]}
        assert env["PGSSLROOTCERT"] == "/etc/rookery/ca/ca.crt"


def test_cert_manager_is_asked_by_every_ingress(chart: Chart) -> None:
    for each in of_kind(chart.render(CASES["example-cert-manager"]), "Ingress"):
        annotations = each["metadata"]["annotations"]
        assert annotations["cert-manager.io/cluster-issuer"] == "letsencrypt"
        hosts = {rule["host"] for rule in each["spec"]["rules"]}
        assert hosts <= {host for entry in each["spec"]["tls"] for host in entry["hosts"]}
