"""The Jobs of `k8s/jobs` are those of the chart, to the letter."""

import pytest
import yaml
from tests.chart.chart import Chart
from tests.chart.manifests import one
from tools.generate import job_manifests


def test_the_files_are_those_of_today(chart: Chart) -> None:
    files = {path.stem: path.read_text(encoding="utf-8") for path in job_manifests.FOLDER.iterdir()}

    assert files == job_manifests.manifests(chart.helm), "run `make generate`"


@pytest.mark.parametrize(("file", "cron_job"), job_manifests.CRON_JOBS.items())
def test_a_file_is_what_the_cron_job_would_start(chart: Chart, file: str, cron_job: str) -> None:
    template = one(chart.render({}), "CronJob", cron_job)["spec"]["jobTemplate"]

    job = yaml.safe_load((job_manifests.FOLDER / f"{file}.yaml").read_text(encoding="utf-8"))

    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "Job")
    assert job["metadata"]["generateName"] == f"{cron_job}-"
    assert job["spec"] == template["spec"]


def test_the_file_of_another_model_is_one_word_away(chart: Chart) -> None:
    for kind in ("ingest", "trainer", "rollback"):
        text = (job_manifests.FOLDER / f"{kind}.yaml").read_text(encoding="utf-8")

        job = yaml.safe_load(text.replace(job_manifests.MODEL, "sex"))

        template = one(chart.render({}), "CronJob", f"{kind}-sex")["spec"]["jobTemplate"]
        assert job["spec"] == template["spec"]
