"""Runs of several processes in one experiment."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from mlflow import MlflowClient

from rookery_core.errors import Refused
from rookery_core.spec.catalog import load_catalog
from rookery_core.waiting import Wait
from rookery_trainer.tracking.client import Retrying
from rookery_trainer.tracking.runs import Runs
from rookery_trainer.tracking.sweep_runs import SweepInputs

AT_ONCE = 6
ROUNDS = 5


def test_runs_that_use_new_rows_at_the_same_moment_all_have_them(
    mlflow_client: MlflowClient,
) -> None:
    spec = load_catalog()["sex"].model_copy(update={"name": f"t{uuid4().hex[:12]}"})
    runs = Runs(mlflow_client, Retrying(Wait(10)), spec)
    together = Barrier(AT_ONCE)

    def use(run_id: str, inputs: SweepInputs) -> None:
        together.wait(timeout=30)
        runs.log_dataset(run_id, inputs, "training")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for ordinal in range(ROUNDS):
            inputs = SweepInputs(uuid4().hex, ordinal, 1, uuid4().hex, "", "")
            parent = runs.open_parent(inputs)
            begun = [runs.start(parent, index, index) for index in range(AT_ONCE)]
            list(pool.map(use, begun, [inputs] * AT_ONCE))
            for run_id in begun:
                logged = mlflow_client.get_run(run_id).inputs
                assert logged is not None
                (used,) = logged.dataset_inputs
                assert used.dataset.digest == inputs.data_digest


def test_a_deleted_experiment_is_refused_with_the_command_that_restores_it(
    mlflow_client: MlflowClient,
) -> None:
    spec = load_catalog()["sex"].model_copy(update={"name": f"t{uuid4().hex[:12]}"})
    deleted = mlflow_client.create_experiment(spec.name)
    mlflow_client.delete_experiment(deleted)

    with pytest.raises(Refused, match=f"mlflow experiments restore --experiment-id {deleted},"):
        _ = Runs(mlflow_client, Retrying(Wait(10)), spec).experiment_id

    environment = {**os.environ, "MLFLOW_TRACKING_URI": mlflow_client.tracking_uri}
    command = [sys.executable, "-m", "mlflow", "experiments", "restore", "--experiment-id", deleted]
    subprocess.run(command, check=True, env=environment, capture_output=True)
    assert Runs(mlflow_client, Retrying(Wait(10)), spec).experiment_id == deleted
