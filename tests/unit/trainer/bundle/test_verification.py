"""Verification and export guard: a model that would answer differently is not served."""

import numpy as np
import onnx
import pytest
from pandas.testing import assert_frame_equal
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from tests.unit.trainer.support.penguins import (
    EVERYTHING,
    fitted,
    measured_rows,
    parted,
    species_spec,
)

from rookery_core.contract import contract_of
from rookery_core.errors import Refused
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.bundle.export_guard import check_exportable
from rookery_trainer.bundle.onnx_graph import onnx_model
from rookery_trainer.bundle.onnx_parts import OPSETS
from rookery_trainer.bundle.served import ServedModel
from rookery_trainer.bundle.verification import verify
from rookery_trainer.bundle.verification_rows import UNKNOWN_CATEGORY, verification_rows
from rookery_trainer.model.pipeline import make_pipeline
from rookery_trainer.model.trial import Configuration


def forest_behind_a_scaler() -> tuple[ModelSpec, Pipeline]:
    spec = species_spec("random_forest", {"n_estimators": 50})
    pipeline = make_pipeline(spec, Configuration("random_forest", {"n_estimators": 50}), 0)
    numbers = pipeline.named_steps["features"].transformers[0][1]
    numbers.steps.append(("scaler", StandardScaler()))
    return spec, pipeline


def forest_on_native_missing_values() -> tuple[ModelSpec, Pipeline]:
    spec = species_spec("random_forest", {"n_estimators": 50})
    features = ColumnTransformer([("numbers", "passthrough", list(spec.features))])
    forest = RandomForestClassifier(n_estimators=50, random_state=0)
    return spec, Pipeline([("features", features), ("estimator", forest)])


def neighbors_by_distance() -> tuple[ModelSpec, Pipeline]:
    spec = species_spec("k_nearest_neighbors", {"n_neighbors": 15})
    pipeline = make_pipeline(spec, Configuration("k_nearest_neighbors", {"n_neighbors": 15}), 0)
    return spec, pipeline.set_params(estimator__weights="distance")


UNREVIEWED = {
    "a forest behind a scaler": forest_behind_a_scaler,
    "a forest on native missing values": forest_on_native_missing_values,
    "neighbours weighted by distance": neighbors_by_distance,
}


@pytest.mark.parametrize("case", UNREVIEWED)
def test_an_unreviewed_form_is_refused_before_it_is_exported(case: str) -> None:
    spec, pipeline = UNREVIEWED[case]()

    with pytest.raises(Refused, match="build it with make_pipeline"):
        check_exportable(pipeline, spec, spec.estimator)


def plainly_exported(pipeline: Pipeline, spec: ModelSpec) -> bytes:
    """Converts the pipeline with plain skl2onnx, without the care of the export."""
    model = convert_sklearn(
        pipeline,
        initial_types=[(name, FloatTensorType([None, 1])) for name in spec.features],
        options={id(pipeline.named_steps["estimator"]): {"zipmap": False}},
        target_opset=17,
    )
    # skl2onnx states the oldest sets that would do.
    del model.opset_import[:]
    model.opset_import.extend(onnx.helper.make_opsetid(*opset) for opset in OPSETS.items())
    return bytes(model.SerializeToString())


@pytest.mark.parametrize("case", ["a forest behind a scaler", "a forest on native missing values"])
def test_an_unreviewed_form_is_refused_by_what_it_answers(case: str) -> None:
    spec, pipeline = UNREVIEWED[case]()
    rows = measured_rows(spec)
    pipeline.fit(rows.features, np.array(spec.classes)[rows.labels])
    served = ServedModel.exported(plainly_exported(pipeline, spec), contract_of(spec))

    with pytest.raises(Refused, match="differs from scikit-learn's"):
        verify(pipeline, served, spec, verification_rows(spec, pipeline, rows.features, seed=0))


def test_an_unreviewed_form_is_refused_by_what_its_graph_holds() -> None:
    spec, pipeline = neighbors_by_distance()
    rows = measured_rows(spec)
    pipeline.fit(rows.features, np.array(spec.classes)[rows.labels])

    with pytest.raises(Refused, match="not reviewed"):
        ServedModel.exported(plainly_exported(pipeline, spec), contract_of(spec))


def _spoil_a_leaf(model: onnx.ModelProto) -> None:
    (trees,) = (node for node in model.graph.node if node.op_type == "TreeEnsembleClassifier")
    weights = next(a for a in trees.attribute if a.name == "class_weights")
    weights.floats[0] += 0.01


def _spoil_a_median(model: onnx.ModelProto) -> None:
    (imputer,) = (node for node in model.graph.node if node.op_type == "Imputer")
    imputed = next(a for a in imputer.attribute if a.name == "imputed_value_floats")
    imputed.floats[0] += 5.0


def _spoil_with_nan(model: onnx.ModelProto) -> None:
    (imputer,) = (node for node in model.graph.node if node.op_type == "Imputer")
    replaced = next(a for a in imputer.attribute if a.name == "replaced_value_float")
    replaced.f = 1.0


@pytest.mark.parametrize("spoil", [_spoil_a_leaf, _spoil_a_median, _spoil_with_nan])
def test_a_tampered_model_is_refused(spoil: object) -> None:
    assert callable(spoil)
    spec = species_spec("random_forest", {"n_estimators": 20})
    snapshot = parted(spec, measured_rows(spec), seed=0)
    pipeline = fitted(snapshot, {"n_estimators": 20}, 0)
    model = onnx.load_from_string(onnx_model(pipeline, spec))
    spoil(model)
    served = ServedModel.exported(model.SerializeToString(), contract_of(spec))

    with pytest.raises(Refused, match="it is not served"):
        verify(
            pipeline,
            served,
            spec,
            verification_rows(spec, pipeline, snapshot.training.features, seed=0),
        )


def test_bytes_that_are_no_model_are_refused() -> None:
    with pytest.raises(Refused, match="no ONNX model"):
        ServedModel.exported(b"not a model", contract_of(species_spec()))


def test_verification_rows_are_known_jittered_missing_unknown_and_at_thresholds() -> None:
    spec = species_spec("random_forest", {"n_estimators": 20}, EVERYTHING)
    snapshot = parted(spec, measured_rows(spec), seed=0)
    pipeline = fitted(snapshot, {"n_estimators": 20}, 0)

    rows = verification_rows(spec, pipeline, snapshot.training.features, seed=0)

    known = len(snapshot.training)
    assert_frame_equal(rows.iloc[:known], snapshot.training.features, check_dtype=False)
    assert rows["bill_length_mm"].isna().sum() > 400
    assert (rows["island"] == UNKNOWN_CATEGORY).sum() > 200
    tree = pipeline.named_steps["estimator"].estimators_[0].tree_
    thresholds = tree.threshold[tree.feature == 0].astype(np.float32)
    for side in (-np.inf, np.inf):
        beside = np.nextafter(thresholds, np.float32(side))
        assert np.isin(beside, rows["bill_length_mm"]).all()
    assert np.isin(thresholds, rows["bill_length_mm"]).all()
    assert rows["body_mass_g"].dropna().between(1500, 9000).all()
