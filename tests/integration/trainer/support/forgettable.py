"""Models whose rows have a key, so that one can be forgotten; ingested from a file."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from pandas import DataFrame
from tests.integration.trainer.support.processed_rows import penguins

from rookery_core.settings import PostgresSettings, S3Settings
from rookery_core.spec.catalog import load_catalog
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.forget import forget
from rookery_ingest.ingest import ingest
from rookery_ingest.load.erasure import Erased
from rookery_ingest.load.processed_data import CompletedBatch
from rookery_ingest.settings import IngestSettings

KEY = "bird"
QUICK = {"C": {"distribution": "loguniform", "a": 0.01, "b": 10}}


def numbered(rows: int = len(penguins())) -> DataFrame:
    """Reads the first penguins as the shipped file has them, each with its number as its key."""
    names = {"bill_length_mm": "culmen_length_mm", "bill_depth_mm": "culmen_depth_mm"}
    frame = penguins().rename(columns=names).head(rows)
    return frame.assign(**{KEY: range(len(frame))})


def keyed_spec(url: str, **changes: Any) -> ModelSpec:
    """Makes a spec of a new model of the penguins' species; its rows have a key."""
    document = load_catalog()["species"].model_dump(mode="json")
    key = {"name": KEY, "kind": "number", "description": "its number", "range": [0, 1e6]}
    document |= {
        "name": f"t{uuid4().hex[:12]}",
        "spec": 2,
        "key": [KEY],
        "columns": [*document["columns"], key],
        "source": {**document["source"], "url": url, "sha256": None},
        "trials": 2,
        "estimator": "logistic_regression",
        "search_space": QUICK,
        **changes,
    }
    return ModelSpec.model_validate_json(json.dumps(document))


@dataclass
class ForgettableModel:
    """A model with its source, as role `ingest` has it."""

    spec: ModelSpec
    role: PostgresSettings
    file: Path

    def ingest(self, frame: DataFrame) -> CompletedBatch:
        """Makes the frame the source, and ingests it."""
        frame.to_csv(self.file, index=False, na_rep="NA")
        return ingest(self.spec, self.role, S3Settings(), IngestSettings())

    def forget(self, bird: int) -> Erased:
        """Forgets a bird."""
        return forget(self.spec, self.role, IngestSettings(), [str(bird)])


def forgettable(role: PostgresSettings, folder: Path, **changes: Any) -> ForgettableModel:
    """Makes a model whose source is in that folder."""
    file = folder / "birds.csv"
    return ForgettableModel(keyed_spec(f"file:{file}", **changes), role, file)
