"""The number of the API's pods: Helm's, or that of an autoscaler or a person who set it last.

Templates know it from the cluster. Here they are given what a cluster would tell; on a real one:
tests/e2e/test_scaling.py.
"""

import json
import shutil
from pathlib import Path

import pytest
from tests.chart.chart import CHART, Chart, Values, nested
from tests.chart.manifests import Object, one

TEMPLATE = """
apiVersion: v1
kind: ConfigMap
metadata: {name: asked}
data:
  {{- range $case, $now := fromJson `CASES` }}
  {{- $about := dict "context" $.Subcharts.api "now" $now }}
  {{ $case }}.set: {{ include "api.replicas" $about | quote }}
  {{ $case }}.kept: {{ include "api.keptReplicas" $about | quote }}
  {{- end }}
"""
ON, OFF = nested("api.autoscaling.enabled", True), nested("api.replicas", 2)


def owner(manager: str, operation: str, *, sets: bool, subresource: str = "") -> Object:
    """Makes an entry of a Deployment's managed fields."""
    fields: Object = {"f:replicas": {}} if sets else {}
    entry = {"manager": manager, "operation": operation, "fieldsV1": {"f:spec": fields}}
    return {**entry, **({"subresource": subresource} if subresource else {})}


def deployment(replicas: int, *owners: Object) -> Object:
    """Makes what a cluster tells of a Deployment."""
    return {"metadata": {"managedFields": list(owners)}, "spec": {"replicas": replicas}}


APPLIED, LEFT_OUT = (owner("helm", "Apply", sets=sets) for sets in (True, False))
PATCHED, PATCHED_ELSE = (owner("helm", "Update", sets=sets) for sets in (True, False))
SCALED = owner("kube-controller-manager", "Update", sets=True, subresource="scale")
STATUS = owner("kube-controller-manager", "Update", sets=False, subresource="status")
CASES: dict[str, Object] = {
    "new": {},
    "helms": deployment(4, APPLIED, STATUS),
    "scaled": deployment(5, LEFT_OUT, SCALED, STATUS),
    "scaledtotwo": deployment(2, LEFT_OUT, SCALED),
    "both": deployment(5, APPLIED, SCALED),
    "clientside": deployment(5, PATCHED_ELSE, SCALED),
    "clientsideown": deployment(4, PATCHED, STATUS),
}


def copied(chart: Chart, folder: Path) -> Chart:
    """Makes a copy of the chart with an object that shows what its templates decide."""
    copy = folder / "rookery"
    shutil.copytree(CHART, copy)
    (copy / "templates" / "asked.yaml").write_text(TEMPLATE.replace("CASES", json.dumps(CASES)))
    return Chart(chart.helm, chart.home, copy)


@pytest.fixture(scope="module")
def helm4(chart: Chart, tmp_path_factory: pytest.TempPathFactory) -> Chart:
    """The copy under Helm 4."""
    return copied(chart, tmp_path_factory.mktemp("helm4"))


@pytest.fixture(scope="module")
def helm3(chart_of_helm3: Chart, tmp_path_factory: pytest.TempPathFactory) -> Chart:
    """The copy under Helm 3."""
    return copied(chart_of_helm3, tmp_path_factory.mktemp("helm3"))


def decided(chart: Chart, values: Values, what: str) -> dict[str, str]:
    """Returns what the chart decides in each case."""
    data = one(chart.render(values), "ConfigMap", "asked")["data"]
    return {case: data[f"{case}.{what}"] for case in CASES}


def test_helm_4_leaves_the_number_to_an_autoscaler_once_that_has_set_it(helm4: Chart) -> None:
    found = decided(helm4, ON, "set")

    # What is left out of a Deployment that had it would be 1: until somebody else set it, it stays.
    left_out = {"new": "", "scaled": "", "scaledtotwo": "", "both": ""}
    assert found == {**left_out, "helms": "4", "clientside": "5", "clientsideown": "4"}


def test_helm_4_sets_no_number_against_one_that_somebody_else_set(helm4: Chart) -> None:
    found, kept = decided(helm4, OFF, "set"), decided(helm4, OFF, "kept")

    assert found == {**dict.fromkeys(CASES, "2"), "scaled": ""}
    assert kept == {**dict.fromkeys(CASES, ""), "scaled": "5"}


def test_helm_3_sets_the_number_that_is_there_under_an_autoscaler_and_else_its_own(
    helm3: Chart,
) -> None:
    on, off = decided(helm3, ON, "set"), decided(helm3, OFF, "set")

    assert on == {
        case: "" if case == "new" else str(CASES[case]["spec"]["replicas"]) for case in CASES
    }
    assert off == dict.fromkeys(CASES, "2")
    assert decided(helm3, OFF, "kept") == dict.fromkeys(CASES, "")


@pytest.mark.parametrize("values", [ON, OFF], ids=["on", "off"])
def test_without_a_cluster_values_alone_decide(
    chart: Chart, chart_of_helm3: Chart, values: Values
) -> None:
    for each in (chart, chart_of_helm3):
        spec = one(each.render(values), "Deployment", "api")["spec"]

        assert spec.get("replicas") == (None if values == ON else 2)
