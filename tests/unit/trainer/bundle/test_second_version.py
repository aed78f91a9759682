"""Bundles of the second version: every kind of feature, every estimator."""

from pathlib import Path

import numpy as np
import pytest
from tests.some import some
from tests.unit.trainer.support.estimators import CLASSIFIERS, SMALL
from tests.unit.trainer.support.second_version import second_snapshot, spec_of

from rookery_core.contract import CategoryFeature, DatetimeFeature, NumberFeature
from rookery_core.errors import Refused
from rookery_core.feature_table import TABLE, FeatureTable
from rookery_core.labels import predicted_classes
from rookery_core.manifest import MISSING_CATEGORY, PROBABILITY_TOLERANCE, Manifest
from rookery_core.spec.estimators import EstimatorName
from rookery_core.spec.model_spec import ModelSpec
from rookery_runtime.prediction.golden_check import check_golden
from rookery_runtime.prediction.input_columns import ModelInputs
from rookery_runtime.prediction.onnx_session import Session
from rookery_trainer.bundle.export import Bundle, export_bundle, restore_bundle
from rookery_trainer.bundle.synthetic_rows import STANDS_FOR
from rookery_trainer.bundle.verification_rows import UNKNOWN_CATEGORY, verification_rows
from rookery_trainer.data.model_columns import request_frame
from rookery_trainer.data.snapshot import Snapshot
from rookery_trainer.model.cross_validation import fit_rows
from rookery_trainer.model.pipeline import make_pipeline, probabilities
from rookery_trainer.model.scores import Estimate, Scores
from rookery_trainer.model.trial import Configuration, Trial

SCORE = Estimate(mean=0.9, deviation=0.01)
SMALL_FOREST = Configuration("random_forest", SMALL["random_forest"])
SMALL_SVC = Configuration("calibrated_svc", SMALL["calibrated_svc"])


def searching(estimator: EstimatorName, **changes: object) -> ModelSpec:
    space = {
        name: {"distribution": "choice", "values": [value]}
        for name, value in SMALL[estimator].items()
    }
    return spec_of(estimator=estimator, search_space=space, **changes)


def exported(directory: Path, snapshot: Snapshot) -> Bundle:
    estimator = snapshot.spec.estimator
    configuration = Configuration(estimator, SMALL[estimator])
    return export_bundle(
        directory,
        fit_rows(snapshot.spec, snapshot.training, configuration, seed=1),
        snapshot,
        Trial(
            0, configuration, "run", Scores(SCORE, SCORE, SCORE, SCORE, (SCORE,) * 3, SCORE, SCORE)
        ),
        sweep_id="sweep",
        trained_at="2026-01-01T00:00:00Z",
    )


@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_every_estimator_agrees_on_every_kind_and_is_served_as_it_was_verified(
    estimator: EstimatorName, tmp_path: Path
) -> None:
    snapshot = second_snapshot(searching(estimator))

    bundle = exported(tmp_path, snapshot)

    assert bundle.agreement.rows > 5_400
    assert bundle.agreement.largest_difference <= PROBABILITY_TOLERANCE
    manifest = Manifest.model_validate_json((tmp_path / "manifest.json").read_bytes())
    assert manifest.format == 2
    check_golden(manifest, Session((tmp_path / "model.onnx").read_bytes()))


@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_what_the_api_reads_of_a_request_is_what_the_model_was_fitted_to(
    estimator: EstimatorName, tmp_path: Path
) -> None:
    snapshot = second_snapshot(searching(estimator))
    bundle = exported(tmp_path, snapshot)
    pipeline = fit_rows(
        snapshot.spec, snapshot.training, Configuration(estimator, SMALL[estimator]), seed=1
    )
    requests = [row.inputs for row in bundle.manifest.golden]

    session = Session((tmp_path / "model.onnx").read_bytes())
    served = session.run(ModelInputs(bundle.manifest.contract, session).of_rows(requests))

    original = probabilities(pipeline, snapshot.spec, request_frame(snapshot.learned, requests))
    assert np.abs(served - original).max() <= PROBABILITY_TOLERANCE
    assert (predicted_classes(served) == predicted_classes(original)).all()


@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_the_model_takes_one_table_and_answers_a_row_of_a_batch_as_the_row_alone(
    estimator: EstimatorName, tmp_path: Path
) -> None:
    snapshot = second_snapshot(searching(estimator))
    bundle = exported(tmp_path, snapshot)
    session = Session((tmp_path / "model.onnx").read_bytes())
    known = snapshot.training.features
    table = FeatureTable(bundle.manifest.contract).of_columns(
        {str(name): known[name].to_numpy() for name in known}
    )

    answers = session.run({TABLE: table})

    assert session.takes_table
    for size in some((1, 2, 3, 7, 64)):
        parts = [session.run({TABLE: table[at : at + size]}) for at in range(0, 300, size)]
        assert np.concatenate(parts)[:300].tobytes() == answers[:300].tobytes()


def test_the_contract_says_what_was_learned(tmp_path: Path) -> None:
    contract = exported(tmp_path, second_snapshot(searching("random_forest"))).manifest.contract

    features = {feature.name: feature for feature in contract.features}
    city, since, amount = features["city"], features["since"], features["amount"]
    assert isinstance(city, CategoryFeature)
    assert (len(city.values), city.unknown) == (4, "accept")
    assert isinstance(since, DatetimeFeature)
    assert since.origin.startswith("2021-03-0")
    assert isinstance(amount, NumberFeature)
    assert (amount.minimum, amount.maximum) == (None, None)
    assert 9_000 < amount.example < 11_000
    assert {name for name, feature in features.items() if feature.optional} == {
        "amount",
        "member",
        "city",
        "seen",
    }


def test_golden_rows_hold_classes_borders_missing_and_unknown_values(tmp_path: Path) -> None:
    manifest = exported(tmp_path, second_snapshot(searching("logistic_regression"))).manifest

    golden = manifest.golden
    assert 12 <= len(golden) <= 20
    assert {row.label for row in golden} == set(manifest.contract.classes)
    assert any(max(row.probabilities) < 0.6 for row in golden)
    missing = {name for row in golden for name, value in row.inputs.items() if value is None}
    assert missing == {"amount", "member", "city", "seen"}
    assert any(row.inputs["city"] == UNKNOWN_CATEGORY for row in golden)


def test_no_golden_row_is_a_row_of_the_table(tmp_path: Path) -> None:
    snapshot = second_snapshot(searching("random_forest"))

    golden = exported(tmp_path, snapshot).manifest.golden

    assert snapshot.held_values is not None
    amounts = {np.float32(value) for value in snapshot.training.features["amount"]}
    stamps = {float(value) for value in snapshot.training.features["stamp"]}
    for row in some(golden):
        amount, stamp = row.inputs["amount"], row.inputs["stamp"]
        assert isinstance(stamp, float)
        assert amount is None or np.float32(amount) not in amounts
        assert stamp - 1.7e9 not in stamps or stamp == 1.7e9


def test_a_value_that_few_rows_have_is_in_no_golden_row(tmp_path: Path) -> None:
    spec = searching("random_forest", rare={"merge": ["odd"], "into": "ugly"})
    snapshot = second_snapshot(spec)
    few = snapshot.training.features["amount"].copy()
    few.iloc[STANDS_FOR - 1 :] = np.nan
    snapshot.training.features["amount"] = few

    golden = exported(tmp_path, snapshot).manifest.golden

    seen = {float(value) for value in few.dropna()}
    told = {row.inputs["amount"] for row in golden if row.inputs["amount"] is not None}
    assert told
    assert not seen & told


def test_verification_tries_missing_unknown_and_far_values_of_each_kind() -> None:
    snapshot = second_snapshot(searching("random_forest"))
    pipeline = fit_rows(snapshot.spec, snapshot.training, SMALL_FOREST, seed=1)
    known = snapshot.training.features

    rows = verification_rows(snapshot.learned, pipeline, known, seed=0)

    for name in some(name for name in known if name not in ("city", "plan")):
        assert rows[name].isna().any()
    for name in ("amount", "since.days", "seen.hour"):
        assert rows[name].max() > known[name].max()
        assert rows[name].min() < known[name].min()
    assert rows["visits"].max() == 50
    for name in ("city", "plan"):
        assert {UNKNOWN_CATEGORY, MISSING_CATEGORY} <= set(rows[name])


def test_a_restored_bundle_is_verified_again(tmp_path: Path) -> None:
    snapshot = second_snapshot(searching("random_forest"))
    made = exported(tmp_path, snapshot)
    pipeline = fit_rows(snapshot.spec, snapshot.training, SMALL_FOREST, seed=1)
    other = fit_rows(snapshot.spec, snapshot.training, SMALL_FOREST, seed=2)

    restored = restore_bundle(tmp_path, pipeline, snapshot)

    assert restored.manifest_sha256 == made.manifest_sha256
    assert (restored.told == made.told).all()
    with pytest.raises(Refused, match="differs from scikit-learn's"):
        restore_bundle(tmp_path, other, snapshot)


def test_a_number_far_from_zero_that_hardly_varies_agrees(tmp_path: Path) -> None:
    """Years are such numbers: the scaler's mean in float32 would be off by a visible amount."""
    snapshot = second_snapshot(searching("logistic_regression", features=["since", "visits"]))

    bundle = exported(tmp_path, snapshot)

    assert bundle.agreement.largest_difference < 1e-6


def test_an_estimator_with_folds_of_its_own_keeps_none_of_their_rows() -> None:
    spec = searching("calibrated_svc", holdout={"by": "group", "column": "patient"})
    snapshot = second_snapshot(spec)

    pipeline = fit_rows(spec, snapshot.training, SMALL_SVC, seed=1)

    expected = make_pipeline(snapshot.learned, SMALL_SVC, 1)
    assert str(pipeline.named_steps["estimator"].cv) == str(expected.named_steps["estimator"].cv)


@pytest.mark.parametrize("target", ["outcome", "churned"])
def test_the_classes_are_those_after_merging_or_the_two_of_a_boolean(
    target: str, tmp_path: Path
) -> None:
    rare = {"merge": ["odd"], "into": "ugly"} if target == "outcome" else "refuse"
    snapshot = second_snapshot(searching("random_forest", target=target, rare=rare))

    manifest = exported(tmp_path, snapshot).manifest

    expected = ("good", "bad", "ugly") if target == "outcome" else ("false", "true")
    assert manifest.contract.classes == expected
    assert all(len(row.probabilities) == len(expected) for row in some(manifest.golden))
