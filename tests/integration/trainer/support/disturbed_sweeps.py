"""Disturbed sweeps, and what must be true afterwards; a sample here, all in torture."""

import hashlib
import json
import signal
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run
from pandas import DataFrame
from sqlalchemy import select
from tests.integration.trainer.support.processed_rows import add_batch, penguins
from tests.integration.trainer.support.sweep_processes import Task, run
from tests.some import some

from rookery_core.database.connection import engine
from rookery_core.database.ledger import intents, outcomes
from rookery_core.database.names import PROCESSED
from rookery_core.manifest import PROBABILITY_TOLERANCE, Manifest
from rookery_core.registry_names import CHAMPION, TAG_MANIFEST_SHA256, TAG_TRIAL
from rookery_core.settings import TrackingSettings
from rookery_core.spec.catalog import load_catalog
from rookery_local.servers.postgres import Postgres
from rookery_trainer.tracking.logged_models import READY

TRIALS = 20
TRIAL_STEPS = tuple(f"{verb} {index}" for index in range(TRIALS) for verb in ("trial", "finish"))
WINNER_STEPS = ("winner", "bundle", "model", "model files", "model ready", "report")
PROMOTION_STEPS = (
    "reconcile",
    "register",
    "judge",
    "intent",
    "alias champion",
    "send champion",
    "outcome",
    "tags",
    "tag run",
    "done",
)
STEPS = ("pin", *TRIAL_STEPS, *WINNER_STEPS, *PROMOTION_STEPS, "end")
"""Every boundary between two steps of a first sweep that is promoted: `previous` stays absent."""


@dataclass(frozen=True)
class Found:
    """What the servers have of a model."""

    parents: Counter[str]
    """How many parent runs have each status."""
    trials: Counter[str]
    """The same of the trials' runs."""
    finished: list[int]
    """Indices of the FINISHED trials."""
    versions: int
    champion: Manifest | None


@dataclass(frozen=True)
class Sweeps:
    """Makes sweeps, each of a new model that searches quickly, and finds what they left."""

    client: MlflowClient
    postgres: Postgres
    tracking: TrackingSettings
    folder: Path

    def task(self, frame: DataFrame | None = None, **changes: object) -> Task:
        """Makes a first sweep of a new model like `sex` with `changes` to its spec, and data."""
        named = {"name": f"t{uuid4().hex[:12]}", **changes}
        spec = load_catalog()["sex"].model_copy(update=named)
        rows = penguins() if frame is None else frame
        add_batch(self.postgres.settings("ingest"), spec, rows)
        return Task(
            self.postgres.settings("trainer"),
            self.tracking,
            spec,
            sweep_id=uuid4().hex,
            log=self.folder / f"{spec.name}.log",
        )

    def runs(self, task: Task) -> list[Run]:
        """Reads every run of the model, of all its sweeps."""
        experiment = self.client.get_experiment_by_name(task.spec.name)
        if experiment is None:
            return []
        return list(self.client.search_runs([experiment.experiment_id]))

    def found(self, task: Task) -> Found:
        """Looks at what is there now."""
        runs = self.runs(task)
        trials = [run for run in runs if TAG_TRIAL in run.data.tags]
        parents = [run for run in runs if TAG_TRIAL not in run.data.tags]
        versions = self.client.search_model_versions(f"name = '{task.spec.name}'")
        return Found(
            Counter(run.info.status for run in parents),
            Counter(run.info.status for run in trials),
            sorted(
                int(run.data.tags[TAG_TRIAL]) for run in trials if run.info.status == "FINISHED"
            ),
            len(versions),
            self.champion(task) if versions else None,
        )

    def champion(self, task: Task) -> Manifest | None:
        """Reads the manifest of the version that the alias names."""
        aliases = self.client.get_registered_model(task.spec.name).aliases
        if CHAMPION not in aliases:
            return None
        version = self.client.get_model_version(task.spec.name, aliases[CHAMPION])
        assert version.run_id
        path = self.client.download_artifacts(version.run_id, "bundle/manifest.json")
        return Manifest.model_validate_json(Path(path).read_text())

    def bundle_is_the_registered_one(self, task: Task) -> bool:
        """Checks the champion's manifest against the hash in the tags of its version."""
        version = self.client.get_model_version_by_alias(task.spec.name, CHAMPION)
        assert version.run_id
        path = self.client.download_artifacts(version.run_id, "bundle/manifest.json")
        told = hashlib.sha256(Path(path).read_bytes()).hexdigest()
        return bool(version.tags[TAG_MANIFEST_SHA256] == told)

    def ready_models(self, task: Task) -> int:
        """Counts the model's logged models; all must be complete."""
        experiment = self.client.get_experiment_by_name(task.spec.name)
        assert experiment is not None
        models = self.client.search_logged_models([experiment.experiment_id])
        assert {model.status for model in models} <= {READY}
        return len(models)


def assert_whole(sweeps: Sweeps, task: Task, undisturbed: Manifest) -> None:
    """Asserts trials 0 to 19 FINISHED, nothing RUNNING, one version, the expected champion."""
    found = sweeps.found(task)
    assert found.finished == list(range(TRIALS))
    assert found.parents == {"FINISHED": 1}
    assert found.trials.keys() <= {"FINISHED", "KILLED"}
    assert found.versions == 1
    assert sweeps.ready_models(task) == 1
    assert found.champion is not None
    assert found.champion.sweep_id == task.sweep_id
    assert sweeps.bundle_is_the_registered_one(task)
    assert_same_model(found.champion, undisturbed)


def assert_same_model(one: Manifest, other: Manifest) -> None:
    """Asserts that both were trained alike and answer alike; their names may differ."""
    assert one.parameters == other.parameters
    assert one.metrics == pytest.approx(other.metrics, abs=PROBABILITY_TOLERANCE)
    for left, right in zip(some(one.golden), other.golden, strict=True):
        assert (left.inputs, left.label) == (right.inputs, right.label)
        assert left.probabilities == pytest.approx(right.probabilities, abs=PROBABILITY_TOLERANCE)


def killed_before(sweeps: Sweeps, step: str, undisturbed: Manifest) -> Found:
    """Kills a sweep before `step`; another process with the same sweep id completes it."""
    task = sweeps.task()
    assert run(replace(task, step=step)) == -signal.SIGKILL
    left = sweeps.found(task)

    assert run(task) == 0, task.log.read_text()

    assert_whole(sweeps, task, undisturbed)
    assert_once_in_ledger(sweeps, task)
    return left


def steps(task: Task) -> set[object]:
    """Lists every step that the task's processes came to."""
    return {event["step"] for event in events(task) if event["event"] == "step"}


def assert_once_in_ledger(sweeps: Sweeps, task: Task) -> None:
    """Asserts that the ledger has one intent of the sweep, with its outcome."""
    rows = ledger(sweeps, task)
    assert rows == [(task.sweep_id, "committed")]


def ledger(sweeps: Sweeps, task: Task) -> list[tuple[str, str | None]]:
    """Reads sweep and outcome of every intent of the model, by epoch."""
    source = engine(sweeps.postgres.settings("trainer"), PROCESSED)
    query = (
        select(intents.c.sweep_id, outcomes.c.outcome)
        .outerjoin(outcomes)
        .where(intents.c.model == task.spec.name)
        .order_by(intents.c.epoch)
    )
    with source.connect() as connection:
        rows = [(row.sweep_id, row.outcome) for row in connection.execute(query)]
    source.dispose()
    return rows


def events(task: Task) -> list[dict[str, object]]:
    """Reads the events of the task's processes."""
    return [json.loads(line) for line in task.log.read_text().splitlines()]
