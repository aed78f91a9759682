"""A fitted pipeline of the second version as a graph that takes the one feature table."""

import numpy as np
from onnx import ModelProto, TensorProto, helper
from sklearn.pipeline import Pipeline

from rookery_core.feature_table import TABLE
from rookery_core.manifest import PREDICTION, PROBABILITIES, Calibration
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.bundle.onnx_calibration import add_calibration
from rookery_trainer.bundle.onnx_estimators import add_classifier, add_regressor
from rookery_trainer.bundle.onnx_features import add_features
from rookery_trainer.bundle.onnx_parts import OPSETS, GraphPart
from rookery_trainer.data.model_columns import column_types
from rookery_trainer.model.pipeline import ESTIMATOR, FEATURES

_IR_VERSION = 8


def table_model(
    pipeline: Pipeline, spec: ModelSpec, calibration: Calibration | None = None
) -> ModelProto:
    """Makes the graph: the features' transformer, the estimator, and its answer.

    That is the classes in the spec's order, or what a regressor answers, in float32.

    Nothing in it reads more than one row, so a row of a batch is answered as the row alone.
    """
    part = GraphPart()
    estimator = pipeline.named_steps[ESTIMATOR]
    seen = add_features(part, pipeline.named_steps[FEATURES], spec)
    output, width = PREDICTION, 1
    if spec.task == "regression":
        told = add_regressor(part, estimator, seen)
        part.node("Cast", [told], PREDICTION, to=TensorProto.FLOAT)
    else:
        told = add_classifier(part, estimator, seen)
        order = [list(estimator.classes_).index(label) for label in spec.classes]
        places = part.weight("order", order, np.int64)
        output, width = PROBABILITIES, len(order)
        if calibration is None:
            part.node("Gather", [told, places], PROBABILITIES, axis=1)
        else:
            raw = part.node("Gather", [told, places], "raw", axis=1)
            add_calibration(part, raw, width, calibration)
    graph = helper.make_graph(
        part.nodes,
        spec.name,
        [helper.make_tensor_value_info(TABLE, TensorProto.FLOAT, [None, len(column_types(spec))])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, [None, width])],
        part.weights,
    )
    opsets = [helper.make_opsetid(*opset) for opset in OPSETS.items()]
    return helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)
