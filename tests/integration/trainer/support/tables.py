"""Tables as people have them: from a file and its spec to a sweep, and what came of it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from tests.integration.trainer.support.sweep_processes import Task, run

from rookery_core.manifest import Manifest
from rookery_core.registry_names import CHAMPION
from rookery_core.settings import S3Settings
from rookery_core.spec.catalog import load_catalog
from rookery_ingest.ingest import ingest
from rookery_ingest.settings import IngestSettings
from rookery_local.servers.postgres import Postgres
from rookery_local.servers.tracking_server import TrackingServer

Events = list[dict[str, Any]]
"""What a process said, in order."""


@dataclass(frozen=True)
class Tables:
    """Ingests and trains on these servers."""

    postgres: Postgres
    tracking: TrackingServer

    def ingest(self, specs: Path, model: str) -> None:
        """Ingests the table of a model of that folder."""
        role = self.postgres.settings("ingest")
        ingest(load_catalog(specs)[model], role, S3Settings(), IngestSettings())

    def task(self, specs: Path, model: str, sweep_id: str) -> Task:
        """Makes a sweep of a model of that folder, whose events go into the folder."""
        role, spec = self.postgres.settings("trainer"), load_catalog(specs)[model]
        return Task(role, self.tracking.settings, spec, sweep_id, specs / f"{sweep_id}.log")

    def train(self, specs: Path, model: str) -> Events:
        """Ingests the table of a model of that folder, and trains on it; the sweep's events."""
        self.ingest(specs, model)
        task = self.task(specs, model, f"{model}-1")
        assert run(task) == 0, task.log.read_text()
        return events_of(task)


def events_of(task: Task) -> Events:
    """Reads what the processes of a sweep have said."""
    return [json.loads(line) for line in task.log.read_text().splitlines()]


def champion_of(client: MlflowClient, model: str) -> Manifest:
    """Reads the manifest of a model's champion."""
    version = client.get_model_version_by_alias(model, CHAMPION)
    assert version.run_id is not None
    path = client.download_artifacts(version.run_id, "bundle/manifest.json")
    return Manifest.model_validate_json(Path(path).read_bytes())
