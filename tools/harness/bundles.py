"""Real bundles: small pipelines fitted to the penguins, exported by the trainer, registered."""

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
from mlflow import MlflowClient
from sklearn.pipeline import Pipeline

from rookery_core.manifest import MANIFEST_FILE, MISSING_CATEGORY, MODEL_FILE, Manifest
from rookery_core.registry_names import (
    CHAMPION,
    TAG_BUNDLE,
    TAG_DATA_DIGEST,
    TAG_DECISION,
    TAG_EPOCH,
    TAG_EVIDENCE,
    TAG_MANIFEST_SHA256,
    TAG_PROMOTED_AT,
)
from rookery_core.spec.columns import NumberColumn
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.bundle.export import export_bundle
from rookery_trainer.data.holdout import held_out
from rookery_trainer.data.rows import Rows, row_keys
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.model.pipeline import fit
from rookery_trainer.model.scores import Estimate, Scores
from rookery_trainer.model.trial import Configuration, Parameters, Trial

SMALL: Mapping[str, Parameters] = {
    "random_forest": {"n_estimators": 10, "max_depth": 4},
    "logistic_regression": {"C": 1.0},
}
"""Configurations that fit in a blink."""


@dataclass(frozen=True)
class MadeBundle:
    """A bundle of a spec."""

    spec: ModelSpec
    manifest_json: bytes
    model: bytes

    @property
    def manifest(self) -> Manifest:
        """Returns the manifest, read."""
        return Manifest.model_validate_json(self.manifest_json)

    @property
    def manifest_sha256(self) -> str:
        """Returns what the registry's tag says."""
        return hashlib.sha256(self.manifest_json).hexdigest()


@dataclass(frozen=True)
class FittedBundle(MadeBundle):
    """A bundle, and the pipeline it was exported from."""

    pipeline: Pipeline


def penguins(spec: ModelSpec) -> Rows:
    """Reads the rows of the published file that have the target and every feature."""
    frame = pd.read_csv(str(files("rookery_core").joinpath("data/penguins_size.csv")))
    frame = frame.rename(
        columns={alias: column.name for column in spec.columns for alias in column.aliases}
    )
    frame = frame[frame[spec.target].isin(spec.classes)]
    numbers = [c.name for c in spec.feature_columns if isinstance(c, NumberColumn)]
    frame = frame.dropna(subset=numbers).reset_index(drop=True)
    features = pd.DataFrame(
        {
            column.name: frame[column.name].astype(np.float32)
            if isinstance(column, NumberColumn)
            else frame[column.name].fillna(MISSING_CATEGORY).astype(str)
            for column in spec.feature_columns
        }
    )
    labels = np.array([spec.classes.index(label) for label in frame[spec.target]], dtype=np.intp)
    return Rows(features, labels, row_keys(f"{row:09}".encode() for row in range(len(frame))))


def make_bundle(
    spec: ModelSpec,
    seed: int = 0,
    parameters: Parameters | None = None,
    read: Callable[[ModelSpec], Rows] = penguins,
) -> FittedBundle:
    """Makes a bundle of `spec`; by default a small one. Another seed gives another model."""
    rows = read(spec)
    held = held_out(rows.features, spec.holdout)
    training, holdout = rows.take(np.flatnonzero(~held)), rows.take(np.flatnonzero(held))
    # A logistic regression has no randomness of its own: leave out some rows for another seed.
    kept = np.random.default_rng(seed).random(len(training)) < 0.8
    training = training.take(np.flatnonzero(kept))
    parameters = SMALL[spec.estimator] if parameters is None else parameters
    configuration = Configuration(spec.estimator, parameters)
    names = np.array(spec.classes)[training.labels]
    pipeline = fit(spec, configuration, training.features, names, seed)
    snapshot = Snapshot(spec, 1, f"data-{seed}", training, holdout, learned=spec)
    none = Estimate(0.0, 0.0)
    scores = Scores(none, none, none, none, tuple(none for _ in spec.classes), none, none)
    with tempfile.TemporaryDirectory() as folder:
        export_bundle(
            Path(folder),
            pipeline,
            snapshot,
            Trial(0, configuration, "0" * 32, scores),
            sweep_id=f"sweep-{seed}",
            trained_at="2026-01-01T00:00:00+00:00",
        )
        return FittedBundle(
            spec,
            (Path(folder) / MANIFEST_FILE).read_bytes(),
            (Path(folder) / MODEL_FILE).read_bytes(),
            pipeline,
        )


class RegisteredModel:
    """A model in the registry: bundles are registered as its versions, and its alias is moved."""

    def __init__(self, client: MlflowClient, spec: ModelSpec) -> None:
        self.client = client
        self.spec = spec
        self._experiment = client.create_experiment(spec.name)
        client.create_registered_model(spec.name)
        self._epoch = 0

    def register(self, made: MadeBundle, files: Mapping[str, bytes] | None = None) -> str:
        """Registers a version whose run holds the bundle, or `files` instead of its own."""
        run = self.client.create_run(self._experiment)
        run_id = run.info.run_id
        contents = {MANIFEST_FILE: made.manifest_json, MODEL_FILE: made.model}
        contents = contents if files is None else dict(files)
        with tempfile.TemporaryDirectory() as folder:
            for name, content in contents.items():
                (Path(folder) / name).write_bytes(content)
            if contents:
                self.client.log_artifacts(run_id, folder, "bundle")
        self.client.set_terminated(run_id)
        root = run.info.artifact_uri.removeprefix("mlflow-artifacts:").lstrip("/")
        self._epoch += 1
        version = self.client.create_model_version(
            self.spec.name,
            source=f"{run.info.artifact_uri}/bundle",
            run_id=run_id,
            tags={
                TAG_BUNDLE: f"{root}/bundle",
                TAG_MANIFEST_SHA256: made.manifest_sha256,
                TAG_DATA_DIGEST: made.spec.digest,
                TAG_DECISION: "promoted",
                TAG_EPOCH: str(self._epoch),
                TAG_PROMOTED_AT: "2026-01-01T00:00:00+00:00",
                TAG_EVIDENCE: '{"rule": "first champion", "gain": 0.5}',
            },
        )
        return str(version.version)

    def set_champion(self, version: str) -> None:
        """Lets the alias name the version."""
        self.client.set_registered_model_alias(self.spec.name, CHAMPION, version)

    def promote(self, made: MadeBundle) -> str:
        """Registers a version, and lets the alias name it."""
        version = self.register(made)
        self.set_champion(version)
        return version
