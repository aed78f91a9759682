"""Specs that values give: refused where Helm can see why; each pod has those it was made for."""

import json
import re
from typing import Any

import pytest
import yaml
from tests.chart.cases import CASES
from tests.chart.chart import CHART, ROOT, Chart, Values, merged, nested
from tests.chart.environment import environment
from tests.chart.manifests import Object, Pod, of_kind, one, pods
from tests.some import some
from tools.generate import spec_outline

from rookery_core.spec.estimators import SEARCHABLE

WINE: dict[str, Any] = yaml.safe_load((ROOT / "examples" / "wine.yaml").read_text())
NOTEBOOK = nested("notebook.enabled", True)
SIX: tuple[str, ...] = ("name", "source", "columns", "target", "features", "estimator")
SEEN: dict[str, str] = {
    "is not YAML of keys and values": "name: [",
    "cannot unmarshal array": "[name, wine]",
    "cannot unmarshal string": "wine",
    "names the model nothing": "",
    "the model nothing; give": "# only a comment",
    "names the model vino": json.dumps(WINE | {"name": "vino"}),
    "names the model 7": json.dumps(WINE | {"name": 7}),
    **{
        f"has no key {key}": json.dumps({k: v for k, v in WINE.items() if k != key})
        for key in SIX[1:]
    },
    "has no key search_space": json.dumps({k: v for k, v in WINE.items() if k != "search_space"}),
    "has an unknown key colour": json.dumps(WINE | {"colour": "red"}),
    "has the unknown estimator magic_forest": json.dumps(WINE | {"estimator": "magic_forest"}),
    "something else than a text at estimator": json.dumps(WINE | {"estimator": ["random_forest"]}),
    "something else than a list at columns": json.dumps(WINE | {"columns": {"alcohol": 1}}),
    "something else than a list at features": json.dumps(WINE | {"features": "alcohol"}),
    "something else than a mapping at source": json.dumps(WINE | {"source": "file:wine.csv"}),
    "something else than a mapping at search_space": json.dumps(WINE | {"search_space": None}),
    "has no mapping at columns[1]": json.dumps(WINE | {"columns": [{"name": "ash"}, "alcohol"]}),
    "names wingspan, which is not": json.dumps(WINE | {"features": ["alcohol", "wingspan"]}),
    "names vintage, which is not": json.dumps(WINE | {"target": "vintage"}),
    "names number, which is not": json.dumps(WINE | {"key": ["number"]}),
    "has its target cultivator among": json.dumps(
        WINE | {"features": ["alcohol", WINE["target"]]}
    ).replace(json.dumps(WINE["target"]), '"cultivator"'),
}
"""What Helm says of a spec of `wine`."""


def wine(spec: str) -> Values:
    """Values with that spec."""
    return nested("global.models.wine.spec", spec)


@pytest.mark.parametrize(("reason", "spec"), SEEN.items(), ids=SEEN)
def test_a_spec_that_helm_can_see_to_be_none_is_refused(
    chart: Chart, chart_of_helm3: Chart, reason: str, spec: str
) -> None:
    for each in (chart, chart_of_helm3):
        said = each.refusal(wine(spec))

        assert "global.models.wine.spec" in said
        assert reason in said


@pytest.mark.parametrize("features", ["all", {"except": ["ash"]}, ["alcohol"]], ids=str)
def test_a_second_version_spec_needs_no_search_space_and_no_list_of_features(
    chart: Chart, chart_of_helm3: Chart, features: Any
) -> None:
    spec = {key: value for key, value in WINE.items() if key != "search_space"}
    spec |= {"spec": 2, "features": features}

    for each in (chart, chart_of_helm3):
        assert specs(each.render(wine(json.dumps(spec))))

    said = chart.refusal(wine(json.dumps(spec | {"target": "vintage"})))
    assert "names vintage, which is not" in said


@pytest.mark.parametrize(
    "chosen", [{"estimator": "auto"}, {"estimators": ["xgboost", "random_forest"]}, {}], ids=str
)
def test_a_second_version_spec_may_leave_the_estimator_to_the_sweep(
    chart: Chart, chart_of_helm3: Chart, chosen: dict[str, Any]
) -> None:
    spec = {k: v for k, v in WINE.items() if k not in ("search_space", "estimator")}
    spec |= {"spec": 2, **chosen}

    for each in (chart, chart_of_helm3):
        assert specs(each.render(wine(json.dumps(spec))))


def test_a_model_of_ones_own_needs_a_spec(chart: Chart) -> None:
    said = chart.refusal(nested("global.models.specis.trainer.schedule", "0 3 * * *"))

    assert "global.models.specis has no spec" in said
    assert chart.render(nested("global.models.species.trainer.schedule", "0 3 * * *"))


def test_helm_knows_the_estimators_and_the_keys_of_a_spec(chart: Chart) -> None:
    assert spec_outline.FILE.read_text(encoding="utf-8") == spec_outline.outline(), (
        "run `make generate`"
    )

    said = chart.refusal(wine(json.dumps({**WINE, "estimator": "deep_thought"})))

    assert f"unknown estimator deep_thought; there are {', '.join(SEARCHABLE)}" in said


def test_a_spec_is_named_by_its_content_and_never_changes(chart: Chart) -> None:
    spec = json.dumps(WINE)
    same, other = (
        {each["metadata"]["name"]: each for each in specs(chart.render(wine(text)))}
        for text in (spec, f"{spec}\n")
    )

    assert len(same) == len(other) == 1
    assert same.keys().isdisjoint(other)
    for each in some((*same.values(), *other.values())):
        assert each["immutable"] is True
        assert yaml.safe_load(each["data"]["wine.yaml"]) == WINE


def test_another_spec_of_one_model_is_no_other_spec_of_another(chart: Chart) -> None:
    both = merged(wine(json.dumps(WINE)), nested("global.models.vino.spec", vino()))

    alone, together = (
        {each["metadata"]["name"] for each in specs(chart.render(values))}
        for values in (wine(json.dumps(WINE)), both)
    )

    assert alone < together
    assert {each.rsplit("-", 1)[0] for each in together} == {"model-spec-vino", "model-spec-wine"}


def test_a_job_sees_the_spec_of_its_model_alone(chart: Chart) -> None:
    objects = chart.render(
        merged(
            *(wine(json.dumps(WINE)), nested("global.models.vino.spec", vino())),
            NOTEBOOK,
        )
    )
    seen: dict[str, list[str]] = {}

    for pod in pods(objects):
        seen[str(pod)] = sorted(each.split("-")[2] for each in mounted(pod))

    for kind in ("ingest", "trainer", "rollback"):
        for model in ("vino", "wine"):
            assert seen[f"CronJob/{kind}-{model}"] == [model]
        assert seen[f"CronJob/{kind}-sex"] == []
    assert seen["Deployment/api"] == seen["CronJob/retention"] == ["vino", "wine"]
    # Other specs must not end the pod that a person works in.
    assert seen["Deployment/notebook"] == []


def test_an_ingest_has_the_user_and_password_that_its_spec_names(chart: Chart) -> None:
    source = {
        "url": "postgresql://db.example.org/shop",
        "query": "SELECT * FROM wines",
        "credentials": "the-shop",
    }
    objects = chart.render(
        merged(
            wine(json.dumps(WINE | {"spec": 2, "source": source})),
            nested("global.models.vino.spec", vino()),
        )
    )
    given: dict[str, list[tuple[str, Object]]] = {}

    for pod in pods(objects):
        given[str(pod)] = [
            (each["name"], each["valueFrom"]["secretKeyRef"])
            for each in pod.containers[0].get("env", [])
            if each["name"].startswith("ROOKERY_SOURCE_")
        ]

    assert given.pop("CronJob/ingest-wine") == [
        (f"ROOKERY_SOURCE_THE_SHOP_{key.upper()}", {"name": "the-shop", "key": key})
        for key in ("user", "password")
    ]
    jobs = [named for named, found in given.items() if found]
    assert [named.rsplit("-", 1)[0] for named in jobs] == ["Job/bootstrap-ingest-wine"]


def test_a_pod_of_many_models_starts_without_the_spec_of_one(chart: Chart) -> None:
    rendered = pods(chart.render(wine(json.dumps(WINE))))
    optional = {str(pod): {each["optional"] for each in sources(pod)} for pod in rendered}

    many = {pod for pod, found in optional.items() if True in found}
    assert many == {"Deployment/api", "CronJob/retention"}
    assert {pod for pod, found in optional.items() if found == {False}} == {
        *(f"CronJob/{kind}-wine" for kind in ("ingest", "trainer", "rollback")),
        *(pod for pod in optional if pod.startswith(("Job/bootstrap-ingest-wine",))),
        *(pod for pod in optional if pod.startswith(("Job/bootstrap-trainer-wine",))),
    }


def test_specs_do_not_restart_the_notebook(chart: Chart) -> None:
    before, after = (
        next(
            str(pod.spec) for pod in pods(chart.render(values)) if str(pod) == "Deployment/notebook"
        )
        for values in (NOTEBOOK, merged(NOTEBOOK, wine(json.dumps(WINE))))
    )

    assert before == after


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_preflight_reads_the_specs_in_every_image_of_ours(chart: Chart, values: Values) -> None:
    objects = chart.render(values)
    job = one(objects, "Job", "preflight")
    pod = next(each for each in pods(objects) if str(each) == "Job/preflight")
    run = {
        container["image"]
        for each in pods(objects)
        for container in each.containers
        if each.labels["app.kubernetes.io/name"] in {"api", "ingest", "trainer", "rollback"}
    }

    assert {container["image"] for container in pod.containers} == run
    assert job["spec"]["activeDeadlineSeconds"] <= 600
    given = {each for each in specs(objects) for each in each["data"]}
    if given:
        looked = one(objects, "ConfigMap", "preflight")
        assert set(looked["data"]) == given
        weights = [
            int(each["metadata"]["annotations"].get("helm.sh/hook-weight", 0))
            for each in (looked, job)
        ]
        assert weights[0] < weights[1]
    for container in pod.containers:
        assert container["command"] == ["python", "-m", "rookery_core.check_specs"]
        mounts = {each["name"] for each in container["volumeMounts"]}
        assert ("specs" in mounts) == bool(given)


def test_preflight_can_be_left_out(chart: Chart) -> None:
    values = merged(CASES["own-model"], nested("preflight.enabled", False))

    assert "preflight" not in {each["metadata"]["name"] for each in chart.render(values)}


def test_every_template_of_what_may_be_a_stray_is_known() -> None:
    text = (CHART / "templates" / "_strays.tpl").read_text()
    tombstones = text.split('define "rookery.tombstones"')[1].split("end -")[0]
    kinds = set(re.findall(r"^([A-Z]\w+):$", tombstones, re.MULTILINE))
    listed = yaml.safe_load(text.split('define "rookery.templates" -}}')[1].split("{{- end")[0])
    found: dict[str, list[str]] = {}

    for part in ("rookery", *sorted(each.name for each in (CHART / "charts").iterdir())):
        folder = CHART / "templates" if part == "rookery" else CHART / "charts" / part / "templates"
        for path in sorted(folder.rglob("*.yaml")):
            name = str(path.relative_to(folder).with_suffix(""))
            if makes(path.read_text(), kinds) and not name.startswith("preflight"):
                found.setdefault(part, []).append(name)

    assert len(kinds) == 9
    assert {part: sorted(names) for part, names in listed.items()} == found


def makes(template: str, kinds: set[str]) -> bool:
    """Whether the template makes an object of one of the kinds."""
    included = {
        "ingress.entrance": "Ingress",
        "ingress.apiEntrance": "Ingress",
        "notebook.deployment": "Deployment",
        "pipeline.bootstrapJob": "Job",
        "pipeline.cronJob": "CronJob",
    }
    named = {kind for name, kind in included.items() if f'include "{name}"' in template}
    named |= set(re.findall(r"^kind: (\w+)", template, re.MULTILINE))
    return bool(named & kinds) or ".Values.extraManifests" in template


def vino() -> str:
    """The same table as another model."""
    return json.dumps(WINE | {"name": "vino"})


def specs(objects: list[Object]) -> list[Object]:
    """The ConfigMaps with specs."""
    found = of_kind(objects, "ConfigMap")
    return [each for each in found if each["metadata"]["name"].startswith("model-spec-")]


def sources(pod: Pod) -> list[Object]:
    """What the pod's volume of specs is made from."""
    return [
        source["configMap"]
        for volume in pod.spec.get("volumes", ())
        if volume["name"] == "specs"
        for source in volume.get("projected", {}).get("sources", ())
    ]


def mounted(pod: Pod) -> list[str]:
    """The names of the ConfigMaps with specs that the pod has."""
    return [source["name"] for source in sources(pod)]


def test_a_model_that_values_take_out_is_none_of_the_apis(chart: Chart) -> None:
    def without(values: Values) -> str | None:
        objects = chart.render(values)
        (api,) = (each for each in pods(objects) if str(each) == "Deployment/api")
        return environment(api.containers[0], objects).get("ROOKERY_API_WITHOUT_MODELS")

    assert without({}) is None
    assert without(nested("global.models", {"sex": None})) == '["sex"]'
    assert without(nested("global.models", {"species": None, "sex": None})) == '["sex","species"]'
