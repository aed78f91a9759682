"""Compares a sweep of 20 forests with the loop that a notebook would have, by wall time.

    .venv/bin/python -m tools.bench.sweep [--trials 20]

It starts its own servers, ingests the penguins, and measures

- the loop: one process, one trial after the other, `cross_validate` and `log_model` as the
  documentation of MLflow shows them, all in one nested run;
- Rookery: the trainer Job as a process, its start included, first champion promoted;
- the requests that a trial costs: two more sweeps through a counting proxy, of 10 and 20 trials.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

import mlflow
import numpy as np
from mlflow.models import infer_signature
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_validate

from rookery_core.database.connection import engine
from rookery_core.database.names import PROCESSED, ROLE_INGEST, ROLE_TRAINER
from rookery_core.settings import S3Settings
from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.waiting import Wait
from rookery_ingest.ingest import ingest
from rookery_ingest.settings import IngestSettings
from rookery_local.process.environment import TELEMETRY_OFF
from rookery_local.process.settings_environment import environment_of
from rookery_local.stack.stack import Stack
from rookery_trainer.data.batch import await_batch
from rookery_trainer.data.snapshot import Snapshot, read_snapshot
from rookery_trainer.model.search_space import configurations
from tools.harness.counting_proxy import counting_proxy
from tools.harness.own_stack import own_stack

RUN_WRITES = "POST /api/2.0/mlflow/runs/"


def main() -> None:
    """Prints a JSON object with the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=20)
    trials: int = parser.parse_args().trials
    os.environ.update(TELEMETRY_OFF, MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT="true")
    with tempfile.TemporaryDirectory() as place, own_stack(Path(place) / "stack") as running:
        spec = load_catalog()["species"].model_copy(update={"trials": trials})
        ingest(spec, running.postgres.settings(ROLE_INGEST), S3Settings(), IngestSettings())
        rookery = sweep(running, spec, Path(place))
        loop = plain_loop(running, spec)
        counts = [requests(running, spec, Path(place), n) for n in (trials // 2, trials)]
    figures = {
        "trials": trials,
        "loop_seconds": round(loop, 1),
        "rookery_seconds": round(rookery, 1),
        "times_faster": round(loop / rookery, 1),
        "requests_per_trial": (counts[1] - counts[0]) / (trials - trials // 2),
    }
    print(json.dumps(figures, indent=2))


def sweep(running: Stack, spec: ModelSpec, place: Path, url: str | None = None) -> float:
    """Measures the seconds that the trainer Job takes from its start to its end."""
    (place / "specs").mkdir(exist_ok=True)
    (place / "specs" / "species.yaml").write_text(json.dumps(spec.model_dump(mode="json")))
    environment = {
        **os.environ,
        **environment_of(running.postgres.settings(ROLE_TRAINER)),
        "ROOKERY_MLFLOW_URL": url or running.tracking.settings.url,
        "ROOKERY_SPECS_DIRECTORY": str(place / "specs"),
    }
    began = time.monotonic()
    command = [sys.executable, "-m", "rookery_trainer", "sweep", spec.name]
    subprocess.run(command, env=environment, check=True, stderr=subprocess.DEVNULL)
    return time.monotonic() - began


def requests(running: Stack, spec: ModelSpec, place: Path, trials: int) -> int:
    """Counts writes to runs in a whole sweep of that many trials; the champion stays what it is."""
    fewer = spec.model_copy(update={"trials": trials})
    with counting_proxy(running.tracking.settings.url) as proxy:
        sweep(running, fewer, place, proxy.url)
    # Requests to the registry are not counted: each sweep adds a version, and with it requests.
    return sum(n for request, n in proxy.requests.items() if request.startswith(RUN_WRITES))


def plain_loop(running: Stack, spec: ModelSpec) -> float:
    """Measures the seconds of the loop over the same configurations and rows."""
    snapshot = read(running, spec)
    mlflow.set_tracking_uri(running.tracking.settings.url)
    mlflow.set_experiment("plain-loop")
    labels = np.array(spec.classes)[snapshot.training.labels]
    features = snapshot.training.features
    metrics = ("accuracy", "balanced_accuracy", "f1_macro", "neg_log_loss")
    began = time.monotonic()
    with mlflow.start_run():
        for configuration in islice(configurations(spec, 1), spec.trials):
            parameters = configuration.parameters
            with mlflow.start_run(nested=True):
                forest = RandomForestClassifier(**parameters, random_state=spec.seed)
                scores = cross_validate(forest, features, labels, cv=spec.folds, scoring=metrics)
                mlflow.log_params(dict(parameters))
                mlflow.log_metrics({name: scores[f"test_{name}"].mean() for name in metrics})
                forest.fit(features, labels)
                mlflow.sklearn.log_model(
                    forest,
                    name="model",
                    signature=infer_signature(features, labels),
                    input_example=features.head(),
                    skops_trusted_types=["numpy.dtype", "sklearn.tree._tree.Tree"],
                )
    return time.monotonic() - began


def read(running: Stack, spec: ModelSpec) -> Snapshot:
    """Reads the snapshot that both sides train on."""
    source = engine(running.postgres.settings(ROLE_TRAINER), PROCESSED)
    return read_snapshot(source, spec, await_batch(source, spec, Wait(10)))


if __name__ == "__main__":
    main()
