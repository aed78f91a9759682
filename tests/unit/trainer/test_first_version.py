"""A spec without `spec: 2` is trained as the first release trained it."""

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from tests.some import some
from tests.unit.trainer.support.first_version import (
    MODELS,
    first_version_snapshot,
    first_version_spec,
    recorded,
    structure,
)

from rookery_core.manifest import Manifest
from rookery_trainer.bundle.export import export_bundle
from rookery_trainer.model.cross_validation import cross_validate, fit_rows
from rookery_trainer.model.search_space import configurations, sweep_seed
from rookery_trainer.model.trial import Configuration, Trial

pytestmark = pytest.mark.parametrize("model", MODELS)


def test_digests_and_the_twenty_configurations_are_those_of_0_1_0(model: str) -> None:
    spec, then = first_version_spec(model), recorded(model)

    drawn = list(islice(configurations(spec, 1), spec.trials))

    assert (spec.digest, spec.table_digest) == (then.spec_digest, then.table_digest)
    assert len(drawn) == 20
    assert drawn == [Configuration(spec.estimator, each) for each in then.configurations]
    assert sweep_seed(spec, 1) == then.seed


def test_the_same_rows_are_held_out_and_the_same_are_seen(model: str) -> None:
    snapshot, then = first_version_snapshot(first_version_spec(model)), recorded(model)

    manifest = Manifest.model_validate_json(then.manifest)
    assert snapshot.content_digest == then.content_digest
    assert (len(snapshot.training), len(snapshot.holdout)) == (
        manifest.training_rows,
        manifest.holdout_rows,
    )


def test_scores_model_golden_answers_and_manifest_are_those_of_0_1_0(
    model: str, tmp_path: Path
) -> None:
    spec, then = first_version_spec(model), recorded(model)
    snapshot = first_version_snapshot(spec)

    configuration = Configuration(spec.estimator, then.configurations[0])
    scores = cross_validate(spec, snapshot.training, configuration, then.seed)
    pipeline = fit_rows(spec, snapshot.training, configuration, then.seed)
    trial = Trial(0, configuration, "run", scores)
    bundle = export_bundle(
        tmp_path,
        pipeline,
        snapshot,
        trial,
        sweep_id="sweep",
        trained_at="2026-01-01T00:00:00+00:00",
    )

    assert scores.estimates["log_loss"].mean == pytest.approx(then.log_loss, abs=1e-5)
    assert scores.estimates["accuracy"].mean == pytest.approx(then.accuracy, abs=1e-9)
    content = (tmp_path / "model.onnx").read_bytes()
    assert structure(content) == then.structure
    if spec.estimator == "random_forest":
        # Growing a tree takes no linear algebra, whose last bits differ between processors.
        assert bundle.manifest.model_sha256 == then.model_sha256
    expected = Manifest.model_validate_json(then.manifest)
    for one, other in zip(some(bundle.manifest.golden), expected.golden, strict=True):
        assert (one.inputs, one.label) == (other.inputs, other.label)
        assert np.allclose(one.probabilities, other.probabilities, rtol=0, atol=1e-5)
    text = (tmp_path / "manifest.json").read_text()
    assert _without_figures(text) == _without_figures(then.manifest)


def _without_figures(text: str) -> str:
    """Takes out what the last bits of a fit decide; keys and their order stay."""
    manifest = json.loads(text)
    manifest |= {
        "model_sha256": "",
        "model_bytes": 0,
        "metrics": dict.fromkeys(manifest["metrics"]),
    }
    for row in manifest["golden"]:
        row["probabilities"] = len(row["probabilities"])
    return json.dumps(manifest)
