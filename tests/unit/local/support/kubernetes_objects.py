"""Kubernetes objects as the API server sends them, with the fields that the tests need."""

import base64
from collections.abc import Mapping
from typing import Any

from rookery_local.cluster.job_state import NAME_LABEL

Object = dict[str, Any]
RELEASE = {"app.kubernetes.io/instance": "penguins", "app.kubernetes.io/part-of": "rookery"}
"""The labels of a release that is not called as the chart is."""


def secret(name: str, **values: str) -> Object:
    """Makes a Secret with these values; `_` in a name becomes `-`."""
    data = {
        key.replace("_", "-"): base64.b64encode(value.encode()).decode()
        for key, value in values.items()
    }
    return {"metadata": {"name": name}, "data": data}


def deployment(
    name: str, references: Mapping[str, tuple[str, str]] | None = None, *, ready: bool = True
) -> Object:
    """Makes a Deployment whose variables are taken from keys of Secrets."""
    env = [
        {"name": variable, "valueFrom": {"secretKeyRef": {"name": found, "key": key}}}
        for variable, (found, key) in (references or {}).items()
    ]
    plain = {"name": "HOME", "value": "/nowhere"}
    counts = {key: int(ready) for key in ("replicas", "updatedReplicas", "availableReplicas")}
    return {
        "metadata": {"name": name, "generation": 1, "labels": RELEASE},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": {"app": name}},
            "template": {"spec": {"containers": [{"name": name, "env": [plain, *env]}]}},
        },
        "status": {"observedGeneration": 1, **counts},
    }


def ingress(name: str, host: str = "") -> Object:
    """Makes an Ingress for that host, or for every host."""
    return {"metadata": {"name": name}, "spec": {"rules": [{"host": host} if host else {}]}}


def job(name: str, condition: str = "", reason: str = "", message: str = "") -> Object:
    """Makes a Job of the chart; if there is a condition, the Job has ended by it."""
    told = {"type": condition, "status": "True", "reason": reason, "message": message}
    conditions = [told] if condition else []
    metadata = {"name": name, "labels": RELEASE}
    return {"metadata": metadata, "status": {"conditions": conditions}}


def pod(name: str, job: str, phase: str = "Running", exit_code: int | None = None) -> Object:
    """Makes a pod of a Job; if there is an exit code, its container has ended."""
    state: Object = {"running": {}}
    if exit_code is not None:
        state = {"terminated": {"exitCode": exit_code, "reason": "Error"}}
    return {
        "metadata": {
            "name": name,
            "creationTimestamp": f"2026-11-26T12:00:{len(name):02}Z",
            "labels": {NAME_LABEL: job, **RELEASE},
        },
        "spec": {"containers": [{"name": "trainer"}]},
        "status": {"phase": phase, "containerStatuses": [{"name": "trainer", "state": state}]},
    }
