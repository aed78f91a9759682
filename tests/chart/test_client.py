"""What the `rookery` command reads of the chart's Deployments is there."""

import pytest
import yaml
from tests.chart.cases import CASES
from tests.chart.chart import ROOT, Chart, Values, merged, nested
from tests.chart.manifests import Object, one, pods
from tests.some import some

from rookery_core.database.names import ROLE_NOTEBOOK
from rookery_local.cluster.database import ADMINISTRATOR, PORT, SERVER
from rookery_local.cluster.request_options import API, KEY_VARIABLE
from rookery_local.cluster.ui import INTERFACES, LOGINS
from rookery_local.kind.model_addition import ModelAddition

GIVEN = merged(nested("api.apiKey", "a-key-of-many-letters"), nested("notebook.enabled", True))
SERVICES = {each.title: each.service for each in INTERFACES}
READ = [(API, KEY_VARIABLE)] + [
    (SERVICES[title], name) for title, asked in LOGINS.items() for name in asked.values()
]


@pytest.mark.parametrize(("deployment", "variable"), READ)
def test_the_variable_is_taken_from_a_secret(chart: Chart, deployment: str, variable: str) -> None:
    assert references(chart, GIVEN, deployment, variable)


def test_the_api_of_a_machine_of_ones_own_asks_for_no_key(chart: Chart) -> None:
    assert not references(chart, CASES["kind"], API, KEY_VARIABLE)


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


def test_the_password_of_the_role_that_reads_is_beside_the_administrators(chart: Chart) -> None:
    objects = chart.render({})

    ((secret, _key),) = {
        (each["name"], each["key"]) for each in references(chart, {}, SERVER, ADMINISTRATOR)
    }

    assert ROLE_NOTEBOOK in one(objects, "Secret", secret)["data"]
    ports = {each["name"] for each in one(objects, "Service", SERVER)["spec"]["ports"]}
    assert PORT in ports


def test_the_values_of_an_added_model_render_its_jobs_and_specs(chart: Chart) -> None:
    text = (ROOT / "examples" / "wine.yaml").read_text()
    values = yaml.safe_load(ModelAddition("wine", text).values)

    objects = chart.render(values)

    assert one(objects, "CronJob", "trainer-wine")
    found = [each for each in objects if text in each.get("data", {}).values()]
    assert some(found)
