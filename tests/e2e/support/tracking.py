"""MLflow's runs and models, asked through a forwarded port."""

import base64
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from mlflow import MlflowClient
from mlflow.entities import Run
from tests.e2e.support.cluster import Namespace

from rookery_core.registry_names import TAG_SWEEP, TAG_TRIAL

FORWARDING = re.compile(r"Forwarding from 127\.0\.0\.1:(\d+) ")


@contextmanager
def forwarded(namespace: Namespace, target: str, port: int) -> Iterator[str]:
    """Forwards the target's port within the block; gives its address on this machine."""
    place = ("--kubeconfig", str(namespace.cluster.kubeconfig), "--namespace", namespace.name)
    process = subprocess.Popen(
        ["kubectl", *place, "port-forward", "--address=127.0.0.1", target, f":{port}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ,
    )
    try:
        assert process.stdout is not None
        told = process.stdout.readline()
        found = FORWARDING.match(told)
        assert found, f"no port of {target} is forwarded: {told}{process.stdout.read()}"
        yield f"http://127.0.0.1:{found[1]}"
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def tracked(namespace: Namespace) -> Iterator[MlflowClient]:
    """Gives a client of the release's MLflow, which comes as its administrator."""
    before = dict(os.environ)
    secret = namespace.get("secret", "mlflow-auth")["data"]["admin-password"]
    os.environ["MLFLOW_TRACKING_USERNAME"] = "admin"
    os.environ["MLFLOW_TRACKING_PASSWORD"] = base64.b64decode(secret).decode()
    try:
        with forwarded(namespace, "service/mlflow", 5000) as url:
            yield MlflowClient(tracking_uri=url, registry_uri=url)
    finally:
        os.environ.clear()
        os.environ.update(before)


TWENTY = list(range(20))
"""The indices of a whole sweep."""


def trials(client: MlflowClient, model: str, sweep_id: str) -> list[Run]:
    """Returns the runs of a sweep's trials, however they ended."""
    experiment = client.get_experiment_by_name(model)
    if experiment is None:
        return []
    found = client.search_runs(
        [experiment.experiment_id], f"tags.`{TAG_SWEEP}` = '{sweep_id}'", max_results=1000
    )
    return [run for run in found if TAG_TRIAL in run.data.tags]


def statuses(client: MlflowClient, model: str, sweep_id: str) -> Counter[str]:
    """Counts a sweep's trials by status."""
    return Counter(str(run.info.status) for run in trials(client, model, sweep_id))


def indices(client: MlflowClient, model: str, sweep_id: str) -> list[int]:
    """Returns the indices of a sweep's FINISHED trials, each as often as it occurs."""
    found = trials(client, model, sweep_id)
    return sorted(int(run.data.tags[TAG_TRIAL]) for run in found if run.info.status == "FINISHED")


def sweeps(client: MlflowClient, model: str) -> int:
    """Counts the sweeps that the model has had."""
    experiment = client.get_experiment_by_name(model)
    if experiment is None:
        return 0
    found = client.search_runs([experiment.experiment_id], "", max_results=1000)
    return sum(TAG_TRIAL not in run.data.tags for run in found)
