"""What Kubernetes' own schemas say of every rendered object, offline."""

import pytest
from tests.chart.cases import CASES
from tests.chart.chart import Chart, Values
from tests.chart.kubernetes_schemas import SUPPORTED, faults
from tests.chart.manifests import name, pods


@pytest.mark.parametrize("version", SUPPORTED)
def test_every_object_is_valid(chart: Chart, version: str) -> None:
    different = {str(each): each for values in CASES.values() for each in chart.render(values)}

    assert [said for each in different.values() for said in faults(each, version)] == []


def test_an_unknown_field_is_a_fault() -> None:
    known = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s3"}}

    assert faults(known, SUPPORTED[-1]) == []
    assert faults({**known, "dada": {}}, SUPPORTED[-1])


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_no_two_objects_have_one_name(chart: Chart, values: Values) -> None:
    names = [name(each) for each in chart.render(values)]

    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_no_list_that_merges_by_key_has_a_key_twice(chart: Chart, values: Values) -> None:
    # Server-side apply, Helm 4's way, refuses them.
    for pod in pods(chart.render(values)):
        _once(f"{pod} volumes", [each["name"] for each in pod.spec.get("volumes", ())])
        _once(f"{pod} containers", [each["name"] for each in pod.containers])
        for container in pod.containers:
            of = f"{pod} {container['name']}"
            _once(f"{of} env", [each["name"] for each in container.get("env", ())])
            _once(f"{of} mounts", [each["mountPath"] for each in container.get("volumeMounts", ())])
            _once(f"{of} ports", [each["name"] for each in container.get("ports", ())])


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_lint_has_nothing_to_say(chart: Chart, values: Values) -> None:
    code, said = chart.lint(values)

    assert code == 0, said


def _once(what: str, names: list[str]) -> None:
    assert sorted(names) == sorted(set(names)), what
