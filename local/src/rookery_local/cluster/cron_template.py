"""A Job from the template of a CronJob, as `kubectl create job --from=cronjob/NAME` makes it."""

from collections.abc import Callable
from copy import deepcopy

from rookery_local.cluster.namespace import Object

Arguments = Callable[[list[str]], list[str]]
INSTANTIATE = "cronjob.kubernetes.io/instantiate"


def job_from(cron_job: Object, arguments: Arguments | None = None) -> Object:
    """Makes the Job: named by the API server, owned by the CronJob, marked as kubectl marks it.

    `arguments` makes the arguments of its containers from their own.
    """
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
        "spec": _with_arguments(template["spec"], arguments),
    }


def _with_arguments(spec: Object, arguments: Arguments | None) -> Object:
    changed = deepcopy(spec)
    if arguments is not None:
        for container in changed["template"]["spec"]["containers"]:
            container["args"] = arguments(container["args"])
    return changed
