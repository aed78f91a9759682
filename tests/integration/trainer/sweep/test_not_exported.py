"""A sweep whose best trial can't be served: it takes the best one that can be."""

import json
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient
from tests.integration.trainer.support.sweep_processes import run
from tests.integration.trainer.support.tables import Tables, champion_of, events_of
from tests.some import some

from rookery_core.registry_names import TAG_TRIAL
from rookery_trainer.tracking.sweep_runs import TAG_NOT_EXPORTED

ROWS = 300
LARGE, SMALL = 10_000.0, 0.01
"""The most that a support vector weighs; sums of single precision lose the figures of the large."""


def choice(*values: Any) -> dict[str, Any]:
    return {"distribution": "choice", "values": list(values)}


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    """A folder with two specs of a table whose classes a cubic parts.

    Support vectors with large weights of both signs follow it best, and differ in single precision.
    """
    generator = np.random.default_rng(0)
    x, y = generator.uniform(-2, 2, (2, ROWS))
    above = x**3 - 2 * x + y + generator.normal(0, 0.2, ROWS) > 0
    table = {"x": x.round(4), "y": y.round(4), "side": np.where(above, "above", "below")}
    pd.DataFrame(table).to_csv(tmp_path / "table.csv", index=False)
    for name, weights in (("cubics", (LARGE, SMALL)), ("cubes", (LARGE,))):
        spec = {
            "spec": 2,
            "name": name,
            "source": {"url": f"file://{tmp_path / 'table.csv'}"},
            "columns": [
                {"name": "x", "kind": "number"},
                {"name": "y", "kind": "number"},
                {"name": "side", "kind": "category", "values": ["above", "below"]},
            ],
            "target": "side",
            "features": ["x", "y"],
            "estimator": "calibrated_svc",
            "search_space": {"kernel": choice("rbf"), "C": choice(*weights), "gamma": choice(1.0)},
            "trials": len(weights),
            "folds": 2,
        }
        (tmp_path / f"{name}.yaml").write_text(json.dumps(spec))
    return tmp_path


def test_the_best_trial_that_can_be_served_is_taken_also_after_a_kill(
    tables: Tables, specs: Path, mlflow_client: MlflowClient
) -> None:
    tables.ingest(specs, "cubics")
    task = tables.task(specs, "cubics", "cubics-1")

    assert run(replace(task, step="bundle")) == -signal.SIGKILL
    assert run(task) == 0, task.log.read_text()

    left_out = [each for each in events_of(task) if each["event"].startswith("trial left out")]
    # The second process knows it from the trial's run.
    (told,) = left_out
    assert "differs from scikit-learn's" in told["reason"]
    manifest = champion_of(mlflow_client, "cubics")
    assert manifest.parameters["C"] == SMALL
    best = mlflow_client.get_run(manifest.run_id)
    parent = mlflow_client.get_run(best.data.tags["mlflow.parentRunId"]).data
    assert parent.params["winner"] == best.data.tags[TAG_TRIAL]
    trials = [
        each
        for each in mlflow_client.search_runs([best.info.experiment_id])
        if TAG_TRIAL in each.data.tags
    ]
    assert {each.info.status for each in some(trials)} == {"FINISHED"}
    reasons = {each.data.tags.get(TAG_NOT_EXPORTED) for each in some(trials)}
    assert reasons == {None, told["reason"]}


def test_a_sweep_of_which_no_trial_can_be_served_says_so(tables: Tables, specs: Path) -> None:
    tables.ingest(specs, "cubes")
    task = tables.task(specs, "cubes", "cubes-1")

    code = run(task)

    assert code == 42
    said = task.log.read_text()
    assert "none of the 1 trials can be served" in said
    assert "choose another estimator or search space" in said
