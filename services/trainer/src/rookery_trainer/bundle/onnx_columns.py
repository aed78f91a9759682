"""A fitted pipeline of the first version as a graph that takes a column for each feature."""

import warnings
from collections.abc import Sequence

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from rookery_core.manifest import PROBABILITIES
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.bundle.onnx_neighbors import convert_votes
from rookery_trainer.bundle.onnx_parts import OPSETS
from rookery_trainer.data.model_columns import column_types
from rookery_trainer.model.pipeline import ESTIMATOR

INTERNAL = "pipeline."
"""The prefix of skl2onnx's own tensors. Only a part of a datetime has a dot in its name, and
skl2onnx calls no tensor as such parts are called."""


def columns_model(pipeline: Pipeline, spec: ModelSpec) -> ModelProto:
    """Converts the fitted pipeline, as the first release did.

    The model has one input per model column, with the column's name and the shape [N, 1]: float32
    for a number, string for a category. It has one output, `probabilities`, float32 [N, classes] in
    the order of the spec's classes. No category of `spec` is open.
    """
    estimator = pipeline.named_steps[ESTIMATOR]
    inputs = [
        (name, (StringTensorType if kind is object else FloatTensorType)([None, 1]))
        for name, kind in column_types(spec).items()
    ]
    with warnings.catch_warnings():
        # skl2onnx asks every SVC for attributes that scikit-learn is about to drop.
        warnings.filterwarnings("ignore", "Attribute `prob[AB]_` was deprecated", FutureWarning)
        model = convert_sklearn(
            pipeline,
            name=spec.name,
            initial_types=inputs,
            target_opset=OPSETS,
            options={id(estimator): {"zipmap": False}, StandardScaler: {"div": "div"}},
            custom_conversion_functions={KNeighborsClassifier: convert_votes},
        )
    order = [list(estimator.classes_).index(label) for label in spec.classes]
    _name_tensors(model, spec)
    _keep_probabilities(model, order)
    return model


def _name_tensors(model: ModelProto, spec: ModelSpec) -> None:
    """Gives inputs the names of the model columns, and other tensors names that no column can have.

    skl2onnx renames an input where a column has the name of one of skl2onnx's own tensors.
    """
    graph = model.graph
    names = dict(zip((entry.name for entry in graph.input), column_types(spec), strict=True))
    for entry in graph.input:
        entry.name = names[entry.name]
    for tensor in graph.initializer:
        tensor.name = names.setdefault(tensor.name, f"{INTERNAL}{tensor.name}")
    for node in graph.node:
        for tensors in (node.input, node.output):
            for position, name in enumerate(tensors):
                # An empty name is an optional input that is not given.
                if name:
                    tensors[position] = names.setdefault(name, f"{INTERNAL}{name}")


def _keep_probabilities(model: ModelProto, order: Sequence[int]) -> None:
    """Leaves `model` one output, the probabilities within [0, 1], with its columns in `order`."""
    graph = model.graph
    constants = {
        "order": np.array(order, dtype=np.int64),
        "none": np.array(0, dtype=np.float32),
        "all": np.array(1, dtype=np.float32),
    }
    graph.initializer.extend(
        numpy_helper.from_array(value, f"bundle.{name}") for name, value in constants.items()
    )
    # A forest's sum over its trees may come out some millionths above one.
    bounds = ["bundle.none", "bundle.all"]
    graph.node.extend(
        [
            helper.make_node("Clip", [f"{INTERNAL}{PROBABILITIES}", *bounds], ["bundle.shares"]),
            helper.make_node("Gather", ["bundle.shares", "bundle.order"], [PROBABILITIES], axis=1),
        ]
    )
    del graph.output[:]
    graph.output.append(
        helper.make_tensor_value_info(PROBABILITIES, TensorProto.FLOAT, [None, len(order)])
    )
