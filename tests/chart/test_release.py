"""What an installation leaves behind, and what two releases share: nothing."""

import pytest
from tests.chart.cases import CASES
from tests.chart.chart import Chart, Values, nested
from tests.chart.manifests import name, of_kind, one

CLUSTER_SCOPED = ("ClusterRole", "ClusterRoleBinding", "IngressClass", "PersistentVolume")
POLICY = "helm.sh/resource-policy"


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_nothing_belongs_to_the_cluster(chart: Chart, values: Values) -> None:
    assert of_kind(chart.render(values), *CLUSTER_SCOPED, when=False) == []


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_no_hook_but_tests_and_what_looks_before_anything_changes(
    chart: Chart, values: Values
) -> None:
    # A hook before the installation has no PostgreSQL; one behind it would be waited for in vain.
    for each in chart.render(values):
        hook = each["metadata"].get("annotations", {}).get("helm.sh/hook")
        looks = name(each) in {"Job/preflight", "ConfigMap/preflight"}
        assert hook == "pre-install,pre-upgrade" if looks else hook in (None, "test"), name(each)


def test_volumes_and_what_opens_them_stay(chart: Chart) -> None:
    objects = chart.render({})

    kept = {name(e) for e in objects if (e["metadata"].get("annotations") or {}).get(POLICY)}

    claims = {name(each) for each in of_kind(objects, "PersistentVolumeClaim")}
    assert kept == {*claims, "Secret/postgresql", "Secret/s3"}


@pytest.mark.parametrize("part", ["postgresql", "minio"])
def test_a_volume_goes_where_values_say_so(chart: Chart, part: str) -> None:
    objects = chart.render(nested(f"{part}.persistence.keepOnUninstall", False))

    claim = one(objects, "PersistentVolumeClaim", part)

    assert POLICY not in (claim["metadata"].get("annotations") or {})


def test_no_object_carries_the_name_of_its_namespace(chart: Chart) -> None:
    # Helm puts them there; a name of its own would part them from `--namespace`.
    assert [name(e) for e in chart.render({}) if "namespace" in e["metadata"]] == []
