"""The export of a model of very many rows: its verification reads a sample of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from tests.unit.trainer.support.second_version import second_snapshot, spec_of

from rookery_trainer.bundle.export import VERIFIED_ROWS, export_bundle
from rookery_trainer.model.cross_validation import cross_validate, fit_rows
from rookery_trainer.model.trial import Configuration, Trial

CONFIGURATION = Configuration("logistic_regression", {"C": 1.0})


def test_an_exported_model_is_compared_on_a_sample_of_each_side(tmp_path: Path) -> None:
    spec = spec_of().model_copy(update={"estimator": "logistic_regression"})
    snapshot = second_snapshot(spec)
    times = np.tile(np.arange(len(snapshot.training)), 200)
    many = replace(snapshot, training=snapshot.training.take(times))
    trial = Trial(
        0, CONFIGURATION, "run", cross_validate(spec, snapshot.training, CONFIGURATION, 1)
    )
    model = fit_rows(snapshot.spec, many.training, CONFIGURATION, 1)

    bundle = export_bundle(tmp_path, model, many, trial, sweep_id="s", trained_at="2026-11-29")

    made = 5_000 + 3
    assert bundle.agreement.rows == VERIFIED_ROWS + len(snapshot.holdout) + made
    assert len(many.training) > VERIFIED_ROWS


def test_the_manifest_says_on_how_many_rows_trials_were_compared(tmp_path: Path) -> None:
    spec = spec_of().model_copy(update={"estimator": "logistic_regression"})
    snapshot = second_snapshot(spec)
    sampled = replace(snapshot, sample=snapshot.training.take(np.arange(100)))
    scores = cross_validate(spec, snapshot.training, CONFIGURATION, 1)
    trial = Trial(0, CONFIGURATION, "run", scores)
    model = fit_rows(spec, snapshot.training, CONFIGURATION, 1)

    found = [
        export_bundle(tmp_path, model, each, trial, sweep_id="s", trained_at="2026-11-29").manifest
        for each in (snapshot, sampled)
    ]

    assert [each.search_rows for each in found] == [None, 100]
    assert "search_rows" not in found[0].model_dump(mode="json")
