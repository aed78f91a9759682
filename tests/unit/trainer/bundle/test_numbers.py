"""Bundles of models of numbers: every estimator, as the API serves it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.some import some
from tests.unit.trainer.support.estimators import REGRESSORS, SMALL
from tests.unit.trainer.support.regression import number_snapshot, number_spec, number_table

from rookery_core.errors import Refused
from rookery_core.feature_table import TABLE, FeatureTable
from rookery_core.manifest import VALUE_TOLERANCE, Manifest
from rookery_core.spec.estimators import EstimatorName
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.values import answered_values, learned_numbers
from rookery_runtime.prediction.golden_check import check_golden
from rookery_runtime.prediction.onnx_session import Session
from rookery_trainer.bundle.export import Bundle, export_bundle, restore_bundle
from rookery_trainer.data.batch import Batch
from rookery_trainer.data.model_columns import request_frame
from rookery_trainer.data.snapshot import Snapshot, snapshot_of
from rookery_trainer.model.answers import answers
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.scores import Estimate
from rookery_trainer.model.trial import Configuration, Parameters, Trial
from rookery_trainer.model.value_scores import ValueScores

SCORE = Estimate(mean=0.9, deviation=0.01)
Values = NDArray[np.float64]
TARGETS: dict[str, Callable[[Values], Values]] = {
    "a million, more or less one": lambda costs: 1e6 + (costs - costs.mean()) / costs.std(),
    "a billionth": lambda costs: costs * 1e-9,
    "heavy tails": lambda costs: np.exp(costs / 20),
    "huge": lambda costs: costs * 1e30,
    "below zero": lambda costs: -costs,
}


def searching(estimator: EstimatorName, **changes: Any) -> ModelSpec:
    space = {
        name: {"distribution": "choice", "values": [value]}
        for name, value in SMALL[estimator].items()
    }
    return number_spec(estimator=estimator, search_space=space, **changes)


def exported(directory: Path, snapshot: Snapshot, parameters: Parameters | None = None) -> Bundle:
    estimator = snapshot.spec.estimator
    configuration = Configuration(estimator, parameters or SMALL[estimator])
    return export_bundle(
        directory,
        fit_rows(snapshot.spec, snapshot.training, configuration, seed=1),
        snapshot,
        Trial(0, configuration, "run", ValueScores(SCORE, SCORE, SCORE)),
        sweep_id="sweep",
        trained_at="2026-01-01T00:00:00Z",
    )


@pytest.mark.parametrize("keys", [{}, {"loss": "absolute"}, {"transform": "log"}], ids=str)
@pytest.mark.parametrize("estimator", REGRESSORS)
def test_every_estimator_agrees_on_every_kind_and_is_served_as_it_was_verified(
    estimator: EstimatorName, keys: dict[str, Any], tmp_path: Path
) -> None:
    snapshot = number_snapshot(searching(estimator, **keys))

    bundle = exported(tmp_path, snapshot)

    assert bundle.agreement.rows > 5_400
    assert bundle.agreement.largest_difference <= VALUE_TOLERANCE
    manifest = Manifest.model_validate_json((tmp_path / "manifest.json").read_bytes())
    assert (manifest.format, manifest.contract.task) == (2, "regression")
    assert manifest.contract.unit == "EUR"
    assert manifest.transform == snapshot.spec.transform
    assert manifest.metrics.keys() == {"rmse", "mae", "r2"}
    check_golden(manifest, Session((tmp_path / "model.onnx").read_bytes()))


@pytest.mark.parametrize("of", TARGETS)
@pytest.mark.parametrize("estimator", REGRESSORS)
def test_no_digit_is_lost_wherever_the_target_lies(
    estimator: EstimatorName, of: str, tmp_path: Path
) -> None:
    spec = searching(estimator)
    table = number_table(spec)
    table["cost"] = TARGETS[of](table["cost"].to_numpy())
    snapshot = snapshot_of(spec, table, Batch(2, "digest", len(table)))

    bundle = exported(tmp_path, snapshot)

    model = fit_rows(spec, snapshot.training, Configuration(estimator, SMALL[estimator]), seed=1)
    original = answers(model, spec, snapshot.holdout.features)
    deviation = snapshot.training.target_values.std()
    assert bundle.agreement.largest_difference <= VALUE_TOLERANCE
    assert np.abs(bundle.told - original).max() <= VALUE_TOLERANCE * deviation


@pytest.mark.parametrize("estimator", REGRESSORS)
def test_a_row_of_a_batch_is_answered_as_the_row_alone(
    estimator: EstimatorName, tmp_path: Path
) -> None:
    snapshot = number_snapshot(searching(estimator))
    bundle = exported(tmp_path, snapshot)
    session = Session((tmp_path / "model.onnx").read_bytes())
    known = snapshot.training.features
    table = FeatureTable(bundle.manifest.contract).of_columns(
        {str(name): known[name].to_numpy() for name in known}
    )

    told = session.run({TABLE: table})

    assert told.shape == (len(known), 1)
    for size in some((1, 3, 64)):
        parts = [session.run({TABLE: table[at : at + size]}) for at in range(0, 200, size)]
        assert np.concatenate(parts)[:200].tobytes() == told[:200].tobytes()


def test_features_that_resemble_each_other_lose_no_digit_of_a_linear_model(
    tmp_path: Path,
) -> None:
    spec = searching("ridge", features=["amount", "stamp"])
    table = number_table(spec)
    table["stamp"] = 1.7e9 + table["amount"] * (1 + 1e-6 * np.arange(len(table)) % 7)
    snapshot = snapshot_of(spec, table, Batch(2, "digest", len(table)))

    bundle = exported(tmp_path, snapshot, {"alpha": 1e-12})

    assert bundle.agreement.largest_difference <= VALUE_TOLERANCE


def test_golden_rows_stand_for_quarters_of_the_target(tmp_path: Path) -> None:
    snapshot = number_snapshot(searching("random_forest"), rows=600)

    manifest = exported(tmp_path, snapshot).manifest

    values = [row.value for row in some(manifest.golden)]
    assert all(value is not None for value in values)
    told = np.array(values, dtype=np.float64)
    assert told.max() > np.quantile(snapshot.training.target_values, 0.7)
    assert told.min() < np.quantile(snapshot.training.target_values, 0.3)


@pytest.mark.parametrize("transform", ["none", "log"])
def test_the_manifest_says_what_makes_a_graphs_number_a_value(
    transform: str, tmp_path: Path
) -> None:
    snapshot = number_snapshot(searching("random_forest", transform=transform))

    bundle = exported(tmp_path, snapshot)

    manifest = bundle.manifest
    seen = learned_numbers(snapshot.training.target_values, manifest.transform)
    assert manifest.center == pytest.approx(seen.mean())
    assert manifest.deviation == pytest.approx(seen.std())
    session = Session((tmp_path / "model.onnx").read_bytes())
    inputs = [row.inputs for row in manifest.golden]
    frame = request_frame(snapshot.learned, inputs)
    table = FeatureTable(manifest.contract).of_columns(
        {str(name): frame[name].to_numpy() for name in frame}
    )
    told = answered_values(session.run({TABLE: table}), manifest.center, manifest.transform)
    assert told.tolist() == [row.value for row in manifest.golden]


def test_a_bundle_is_read_back_and_verified_again(tmp_path: Path) -> None:
    snapshot = number_snapshot(searching("gradient_boosting", transform="log"))
    bundle = exported(tmp_path, snapshot)
    model = fit_rows(
        snapshot.spec,
        snapshot.training,
        Configuration("gradient_boosting", SMALL["gradient_boosting"]),
        seed=1,
    )

    again = restore_bundle(tmp_path, model, snapshot)

    assert again.manifest == bundle.manifest
    assert again.told.tolist() == bundle.told.tolist()


def test_a_graph_that_answers_another_number_is_refused(tmp_path: Path) -> None:
    snapshot = number_snapshot(searching("random_forest"))
    exported(tmp_path, snapshot)
    other = fit_rows(
        snapshot.spec, snapshot.training, Configuration("random_forest", {"n_estimators": 4}), 2
    )

    with pytest.raises(Refused, match=r"differs from scikit-learn's on \d+ of \d+ rows"):
        restore_bundle(tmp_path, other, snapshot)
