"""Bundles of linear models that nobody trained, of any contract: every kind of feature counts."""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from onnx import TensorProto, helper
from onnx.numpy_helper import from_array

from rookery_core.contract import CategoryFeature, Contract, contract_of
from rookery_core.feature_table import TABLE
from rookery_core.labels import predicted_classes
from rookery_core.manifest import FeatureValue, GoldenPrediction, Manifest, Residuals, output_of
from rookery_core.model_columns import model_columns
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.task import Task, Transform
from rookery_core.values import answered_values
from rookery_runtime.graph.rebuild import rebuild
from rookery_runtime.prediction.input_columns import ModelInputs
from rookery_runtime.prediction.onnx_session import Session
from tools.harness.bundles import MadeBundle

METRICS: Mapping[Task, dict[str, float]] = {
    "classification": {"log_loss": 0.5, "balanced_accuracy": 0.5},
    "regression": {"rmse": 1.5, "mae": 1.25, "r2": 0.75},
}
Rows = Sequence[Mapping[str, FeatureValue]]


CENTER, DEVIATION = 1000.25, 2.0
"""Of the target that a model of numbers might have learned."""
RESIDUALS = Residuals(low=-1.5, high=2.0)
"""Of a model of numbers with an interval."""


def linear_bundle(spec: ModelSpec, seed: int = 0, center: float = CENTER) -> MadeBundle:
    """Makes a bundle of format 2; its golden rows are the contract's example, and all missing.

    A model of numbers answers some that lie about `center`, or about its exponential.
    """
    contract = contract_of(spec)
    center, deviation = (center, DEVIATION) if spec.task == "regression" else (0.0, 0.0)
    model = linear_model(contract, seed)
    typical: dict[str, FeatureValue] = {each.name: each.example for each in contract.features}
    missing = {each.name: None for each in contract.features if each.optional}
    manifest = Manifest(
        format=2,
        contract=contract,
        model_sha256=hashlib.sha256(model).hexdigest(),
        model_bytes=len(model),
        estimator=spec.estimator,
        parameters={},
        metrics=METRICS[spec.task],
        metric=spec.metric,
        data_digest=f"data-{seed}",
        training_rows=1,
        holdout_rows=1,
        spec_digest=spec.digest,
        sweep_id=f"sweep-{seed}",
        run_id="0" * 32,
        trained_at="2026-01-01T00:00:00+00:00",
        center=center,
        deviation=deviation,
        transform=spec.transform,
        residuals=RESIDUALS if spec.interval else None,
        golden=golden(contract, model, [typical, {**typical, **missing}], center, spec.transform),
    )
    return MadeBundle(spec, manifest.model_dump_json().encode(), model)


def golden(
    contract: Contract,
    model: bytes,
    rows: Rows,
    center: float = 0.0,
    transform: Transform = "none",
) -> tuple[GoldenPrediction, ...]:
    """Makes golden predictions of what the model says of the rows."""
    session = Session(rebuild(model, contract).content)
    told = session.run(ModelInputs(contract, session).of_rows(list(rows)))
    inputs = [
        {
            name: value if value is None or isinstance(value, bool | str) else float(value)
            for name, value in row.items()
        }
        for row in rows
    ]
    if contract.task == "regression":
        values = answered_values(told, center, transform).tolist()
        return tuple(
            GoldenPrediction(inputs=row, value=value)
            for row, value in zip(inputs, values, strict=True)
        )
    return tuple(
        GoldenPrediction(
            inputs=row,
            label=contract.classes[label],
            probabilities=tuple(float(value) for value in answer),
        )
        for row, label, answer in zip(inputs, predicted_classes(told), told, strict=True)
    )


def linear_model(contract: Contract, seed: int) -> bytes:
    """Makes the graph: missing numbers are 0.5, labels encoded, weights random and small."""
    places: list[int] = []
    codes: list[float] = []
    missing: list[float] = []
    labels = {
        feature.name: len(feature.values) + 1
        for feature in contract.features
        if isinstance(feature, CategoryFeature)
    }
    for place, (name, is_text) in enumerate(model_columns(contract)):
        width = labels[name] if is_text else 1
        places += [place] * width
        # NaN is no code: a number is seen as it is.
        codes += range(width) if is_text else [float("nan")]
        missing += [width - 1] * width if is_text else [0.5]
    random = np.random.default_rng(seed)
    output, answers = output_of(contract)
    table = random.normal(0, 0.001, (len(places), answers)).astype(np.float32)
    is_number = np.isnan(codes)
    weights = [
        from_array(table, "weights"),
        from_array(np.array(places), "places"),
        from_array(np.array(codes, dtype=np.float32), "codes"),
        from_array(is_number.astype(np.float32), "numbers"),
    ]
    nodes = [
        helper.make_node("Gather", [TABLE, "places"], ["seen"], axis=1),
        helper.make_node(
            "Imputer",
            ["seen"],
            ["known"],
            domain="ai.onnx.ml",
            imputed_value_floats=missing,
            replaced_value_float=float("nan"),
        ),
        helper.make_node("Equal", ["known", "codes"], ["is code"]),
        helper.make_node("Cast", ["is code"], ["code"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["known", "numbers"], ["number"]),
        helper.make_node("Add", ["code", "number"], ["table"]),
        helper.make_node("MatMul", ["table", "weights"], ["scores"]),
        helper.make_node("Identity", ["scores"], [output])
        if contract.task == "regression"
        else helper.make_node("Softmax", ["scores"], [output], axis=1),
    ]
    width = len(model_columns(contract))
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info(TABLE, TensorProto.FLOAT, [None, width])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, [None, answers])],
        weights,
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    content: bytes = helper.make_model(
        graph, opset_imports=opsets, ir_version=8
    ).SerializeToString()
    return content
