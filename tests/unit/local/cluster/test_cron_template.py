"""A Job from a CronJob's template."""

from typing import Any

from rookery_local.cluster.cron_template import job_from


def cron_job(**template: Any) -> dict[str, Any]:
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "trainer-species", "namespace": "ml", "uid": "1-2-3"},
        "spec": {
            "suspend": True,
            "schedule": "0 0 31 2 *",
            "jobTemplate": {"spec": {"backoffLimit": 2, "ofTheFuture": {"a": 1}}, **template},
        },
    }


def test_the_job_keeps_fields_of_the_template_that_this_program_does_not_know() -> None:
    job = job_from(cron_job())

    assert job["spec"] == {"backoffLimit": 2, "ofTheFuture": {"a": 1}}
    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "Job")


def test_the_api_server_names_the_job_after_the_cron_job() -> None:
    metadata = job_from(cron_job())["metadata"]

    assert metadata["generateName"] == "trainer-species-"
    assert "name" not in metadata


def test_the_job_is_owned_and_marked_as_by_kubectl() -> None:
    metadata = job_from(cron_job())["metadata"]

    assert metadata["annotations"] == {"cronjob.kubernetes.io/instantiate": "manual"}
    assert metadata["ownerReferences"] == [
        {
            "apiVersion": "batch/v1",
            "kind": "CronJob",
            "name": "trainer-species",
            "uid": "1-2-3",
            "controller": True,
        }
    ]


def test_the_job_has_the_labels_and_annotations_of_the_template() -> None:
    given = {"labels": {"rookery.internal/model": "species"}, "annotations": {"note": "x"}}

    metadata = job_from(cron_job(metadata=given))["metadata"]

    assert metadata["labels"] == {"rookery.internal/model": "species"}
    assert metadata["annotations"]["note"] == "x"
