"""A Job from the template of a CronJob, as `kubectl create job --from=cronjob/NAME` makes it."""

from rookery_local.cluster.namespace import Object

INSTANTIATE = "cronjob.kubernetes.io/instantiate"


def job_from(cron_job: Object) -> Object:
    """Makes the Job: named by the API server, owned by the CronJob, marked as kubectl marks it."""
    metadata, template = cron_job["metadata"], cron_job["spec"]["jobTemplate"]
    given = template.get("metadata", {})
    owner = {
        "apiVersion": cron_job["apiVersion"],
        "kind": cron_job["kind"],
        "name": metadata["name"],
        "uid": metadata["uid"],
        "controller": True,
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "generateName": f"{metadata['name']}-",
            "labels": dict(given.get("labels", {})),
            "annotations": {**given.get("annotations", {}), INSTANTIATE: "manual"},
            "ownerReferences": [owner],
        },
        "spec": template["spec"],
    }
