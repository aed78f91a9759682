"""The serving bundle: its two files, its golden predictions, and its replay."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from tests.unit.trainer.support.penguins import (
    EVERYTHING,
    fitted,
    measured_rows,
    parted,
    species_spec,
)

from rookery_core.errors import Refused
from rookery_core.labels import predicted_classes
from rookery_core.manifest import Manifest
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.bundle.export import Bundle, export_bundle
from rookery_trainer.bundle.served import ServedModel
from rookery_trainer.data.model_columns import request_frame
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.model.scores import Estimate, Scores
from rookery_trainer.model.trial import Configuration, Trial

PARAMETERS = {"n_estimators": 20, "max_depth": 4}
SCORE = Estimate(mean=0.9, deviation=0.01)
TRIAL = Trial(
    3,
    Configuration("random_forest", PARAMETERS),
    "run",
    Scores(SCORE, SCORE, SCORE, SCORE, (SCORE,) * 3, SCORE, SCORE),
)


def optional_spec() -> ModelSpec:
    spec = species_spec("random_forest", PARAMETERS, EVERYTHING)
    columns = tuple(
        column.model_copy(update={"optional": column.name in ("island", "body_mass_g")})
        for column in spec.columns
    )
    return spec.model_copy(update={"columns": columns})


def exported(directory: Path, snapshot: Snapshot) -> Bundle:
    directory.mkdir()
    return export_bundle(
        directory,
        fitted(snapshot, PARAMETERS, seed=1),
        snapshot,
        TRIAL,
        sweep_id="sweep",
        trained_at="2026-01-01T00:00:00Z",
    )


@pytest.fixture
def snapshot() -> Snapshot:
    spec = optional_spec()
    return parted(spec, measured_rows(spec), seed=0)


def test_the_manifest_says_what_is_true_of_the_model(snapshot: Snapshot, tmp_path: Path) -> None:
    bundle = exported(tmp_path / "bundle", snapshot)

    text = (bundle.directory / "manifest.json").read_bytes()
    model = (bundle.directory / "model.onnx").read_bytes()
    manifest = Manifest.model_validate_json(text)
    assert manifest == bundle.manifest
    assert hashlib.sha256(text).hexdigest() == bundle.manifest_sha256
    assert (manifest.model_sha256, manifest.model_bytes) == (
        hashlib.sha256(model).hexdigest(),
        len(model),
    )
    assert manifest.training_rows + manifest.holdout_rows == 344
    assert (manifest.run_id, manifest.parameters) == ("run", PARAMETERS)
    found = bundle.class_evaluation.score.balanced_accuracy
    assert manifest.metrics["balanced_accuracy"] == found > 0.9


def test_golden_predictions_are_the_models_own_answers(snapshot: Snapshot, tmp_path: Path) -> None:
    bundle = exported(tmp_path / "bundle", snapshot)

    spec, golden = snapshot.spec, bundle.manifest.golden
    served = ServedModel.exported(
        (bundle.directory / "model.onnx").read_bytes(), bundle.manifest.contract
    )
    told = served.answers(request_frame(spec, [prediction.inputs for prediction in golden]))
    assert [prediction.probabilities for prediction in golden] == [tuple(row) for row in told]
    labels = [spec.classes[label] for label in predicted_classes(told)]
    assert [prediction.label for prediction in golden] == labels


def test_golden_rows_hold_each_class_borders_and_missing_values(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    golden = exported(tmp_path / "bundle", snapshot).manifest.golden

    rows = [prediction.inputs for prediction in golden]
    assert 12 <= len(rows) <= 16
    assert {prediction.label for prediction in golden} == set(snapshot.spec.classes)
    assert any(max(prediction.probabilities) < 0.7 for prediction in golden)
    missing = {name for row in rows for name, value in row.items() if value is None}
    assert missing == {"island", "body_mass_g"}
    assert {row["bill_length_mm"] for row in rows} >= {20.0, 80.0}
    assert len({str(row) for row in rows}) == len(rows)


def test_a_replay_gives_the_same_bytes(snapshot: Snapshot, tmp_path: Path) -> None:
    bundles = [exported(tmp_path / name, snapshot) for name in ("one", "two")]

    files = [
        [(bundle.directory / name).read_bytes() for name in ("model.onnx", "manifest.json")]
        for bundle in bundles
    ]
    assert files[0] == files[1]


def test_an_unreviewed_pipeline_leaves_no_bundle(snapshot: Snapshot, tmp_path: Path) -> None:
    pipeline = fitted(snapshot, PARAMETERS, seed=1)
    pipeline.named_steps["features"].transformers[0][1].steps.pop()

    with pytest.raises(Refused, match="build it with make_pipeline"):
        export_bundle(tmp_path, pipeline, snapshot, TRIAL, sweep_id="s", trained_at="t")

    assert not list(tmp_path.iterdir())


def test_inputs_survive_their_way_through_the_manifest(snapshot: Snapshot, tmp_path: Path) -> None:
    bundle = exported(tmp_path / "bundle", snapshot)

    inputs = [prediction.inputs for prediction in bundle.manifest.golden]
    known = {np.float32(value) for value in snapshot.training.features["bill_length_mm"]}
    lengths = [np.float32(row["bill_length_mm"]) for row in inputs if row["bill_length_mm"]]
    assert sum(length in known for length in lengths) >= 4
