"""The Jobs that forget a row and retire what has read it: of models whose rows have a key."""

import json
from typing import Any

import pytest
import yaml
from tests.chart.cases import CASES
from tests.chart.chart import ROOT, Chart, Values, merged, nested
from tests.chart.environment import environment
from tests.chart.manifests import Object, Pod, of_kind, pods
from tests.some import some

from rookery_ingest.settings import ForgetSettings

KEYED = CASES["keyed-model"]
MODEL = "members"


def job_pod(objects: list[Object], kind: str) -> Pod:
    """Finds the pod of the CronJob of that kind."""
    [found] = [pod for pod in pods(objects) if str(pod) == f"CronJob/{kind}-{MODEL}"]
    return found


def variables(pod: Pod) -> dict[str, Any]:
    """Reads the variables of its container, as they are given."""
    return {each["name"]: each for each in pod.containers[0]["env"]}


@pytest.mark.parametrize("values", [{}, CASES["own-model"]], ids=["shipped", "without a key"])
def test_a_model_whose_rows_have_no_key_has_no_such_job(chart: Chart, values: Values) -> None:
    names = [each["metadata"]["name"] for each in of_kind(chart.render(values), "CronJob")]

    assert "rollback-species" in names
    assert not [name for name in names if name.startswith(("forget", "retire"))]


def test_the_jobs_start_only_when_a_person_asks(chart: Chart, chart_of_helm3: Chart) -> None:
    for each in (chart, chart_of_helm3):
        jobs = {job["metadata"]["name"]: job for job in of_kind(each.render(KEYED), "CronJob")}

        assert [jobs[f"{kind}-{MODEL}"]["spec"]["suspend"] for kind in ("forget", "retire")] == [
            True,
            True,
        ]


def test_the_key_of_the_row_comes_from_a_secret_and_stands_in_no_argument(chart: Chart) -> None:
    pod = job_pod(chart.render(KEYED), "forget")

    assert pod.containers[0]["args"] == ["forget", MODEL]
    assert variables(pod)["ROOKERY_FORGET_KEY"]["valueFrom"] == {
        "secretKeyRef": {"name": f"forget-{MODEL}", "key": "key", "optional": True}
    }


def test_the_program_reads_the_key_as_the_secret_has_it(
    chart: Chart, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": f"forget-{MODEL}"},
        "stringData": {"key": '["Ann, of Dream", "7"]'},
    }
    objects = [*chart.render(KEYED), secret]
    found = environment(job_pod(objects, "forget").containers[0], objects)

    monkeypatch.setenv("ROOKERY_FORGET_KEY", found["ROOKERY_FORGET_KEY"])

    assert ForgetSettings().key == ("Ann, of Dream", "7")


def test_forgetting_has_the_role_of_ingest_and_no_other_identity(chart: Chart) -> None:
    given = variables(job_pod(chart.render(KEYED), "forget"))

    assert given["ROOKERY_POSTGRES_USER"]["value"] == "ingest"
    assert not [name for name in some(given) if name.startswith(("ROOKERY_S3", "ROOKERY_MLFLOW"))]


def test_a_retirement_has_what_retention_has_but_its_rules(chart: Chart) -> None:
    objects = chart.render(KEYED)
    retire, [retention] = (
        job_pod(objects, "retire"),
        [pod for pod in pods(objects) if str(pod) == "CronJob/retention"],
    )

    assert retire.containers[0]["args"] == ["retire", MODEL]
    assert variables(retire).keys() <= variables(retention).keys()
    missing = variables(retention).keys() - variables(retire).keys()
    assert missing == {"ROOKERY_RETENTION_KEEP_VERSIONS", "ROOKERY_RETENTION_MIN_AGE_DAYS"}
    assert retire.containers[0]["resources"] == retention.containers[0]["resources"]
    assert retire.containers[0]["image"] == retention.containers[0]["image"]


@pytest.mark.parametrize("bucket", ["rows", ""])
def test_what_removes_drops_stored_rows_where_the_trainer_keeps_them(
    chart: Chart, bucket: str
) -> None:
    objects = chart.render(merged(KEYED, nested("global.s3.snapshotBucket", bucket)))
    [retention] = [pod for pod in pods(objects) if str(pod) == "CronJob/retention"]

    found = [
        variables(pod).get("ROOKERY_SNAPSHOT_BUCKET", {}).get("value", "")
        for pod in (job_pod(objects, "trainer"), job_pod(objects, "retire"), retention)
    ]
    assert found == [bucket] * 3


def test_the_secret_of_the_example_is_what_the_job_reads(chart: Chart) -> None:
    text = (ROOT / "k8s/jobs/forget.yaml").read_text(encoding="utf-8")
    secret = yaml.safe_load(text)
    [spec] = [KEYED["global"]["models"][MODEL]["spec"]]  # type: ignore[index]
    pod = job_pod(chart.render(KEYED), "forget")

    found = environment(pod.containers[0], [*chart.render(KEYED), secret])

    key = json.loads(found["ROOKERY_FORGET_KEY"])
    assert [type(each) for each in key] == [str] * len(yaml.safe_load(spec)["key"])


def test_each_sees_the_spec_of_its_model_alone(chart: Chart) -> None:
    other = merged(
        KEYED, nested("global.models.wine.spec", (ROOT / "examples/wine.yaml").read_text())
    )
    objects = chart.render(other)

    for kind in ("forget", "retire"):
        text = str(job_pod(objects, kind).spec)
        assert f"model-spec-{MODEL}" in text
        assert "model-spec-wine" not in text
