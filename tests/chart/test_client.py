"""What the `rookery` command reads of the chart's Deployments is there."""

import pytest
from tests.chart.chart import Chart, Values, merged, nested
from tests.chart.manifests import Object, one, pods

from rookery_local.cluster.request_options import API, KEY_VARIABLE
from rookery_local.cluster.ui import INTERFACES, LOGINS

GIVEN = merged(
    nested("api.apiKey", "a-key-of-many-letters"), nested("global.mlflow.auth.enabled", True)
)
SERVICES = {each.title: each.service for each in INTERFACES}
READ = [(API, KEY_VARIABLE)] + [
    (SERVICES[title], name) for title, asked in LOGINS.items() for name in asked.values()
]


@pytest.mark.parametrize(("deployment", "variable"), READ)
def test_the_variable_is_taken_from_a_secret(chart: Chart, deployment: str, variable: str) -> None:
    assert references(chart, GIVEN, deployment, variable)


def test_by_default_the_api_asks_for_no_key(chart: Chart) -> None:
    assert not references(chart, {}, API, KEY_VARIABLE)


def test_the_host_is_that_of_the_ingress(chart: Chart) -> None:
    objects = chart.render(nested("global.ingress.host", "penguins.example.org"))

    (rule,) = one(objects, "Ingress", API)["spec"]["rules"]
    assert rule["host"] == "penguins.example.org"


def references(chart: Chart, values: Values, deployment: str, variable: str) -> list[Object]:
    """The keys of Secrets that the variable is taken from."""
    (pod,) = (
        each for each in pods(chart.render(values)) if str(each) == f"Deployment/{deployment}"
    )
    return [
        each["valueFrom"]["secretKeyRef"]
        for container in pod.containers
        for each in container.get("env", ())
        if each["name"] == variable
    ]
