"""A fitted pipeline of the second version as a graph that takes the one feature table."""

import numpy as np
from onnx import ModelProto, TensorProto, helper
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline

from rookery_core.feature_table import TABLE
from rookery_core.manifest import PREDICTION, PROBABILITIES, Calibration
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.bundle.onnx_calibration import add_calibration
from rookery_trainer.bundle.onnx_estimators import add_classifier, add_regressor
from rookery_trainer.bundle.onnx_parts import ML, OPSETS, GraphPart
from rookery_trainer.data.model_columns import category_columns, column_types, number_columns
from rookery_trainer.model.pipeline import CATEGORIES, ESTIMATOR, FEATURES, IMPUTER, NUMBERS, SCALER

_IR_VERSION = 8


def table_model(
    pipeline: Pipeline, spec: ModelSpec, calibration: Calibration | None = None
) -> ModelProto:
    """Makes the graph: the features' transformer, the estimator, and its answer.

    That is the classes in the spec's order, or what a regressor answers, in float32.

    Nothing in it reads more than one row, so a row of a batch is answered as the row alone.
    """
    part = GraphPart()
    transformer, estimator = pipeline.named_steps[FEATURES], pipeline.named_steps[ESTIMATOR]
    blocks = [
        *_numbers(part, transformer, spec),
        *_categories(part, transformer, spec),
    ]
    seen = blocks[0]
    if len(blocks) > 1:
        seen = part.node("Concat", blocks, "seen", axis=1)
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


def _numbers(part: GraphPart, transformer: ColumnTransformer, spec: ModelSpec) -> list[str]:
    """Adds what becomes of the numbers; returns the tensor, or nothing where there are none."""
    columns = number_columns(spec)
    if not columns:
        return []
    numbers = transformer.named_transformers_[NUMBERS]
    # Missing numbers are passed through where the estimator takes them.
    steps = numbers.named_steps if isinstance(numbers, Pipeline) else {}
    seen = TABLE
    if len(columns) < len(column_types(spec)):
        every = list(column_types(spec))
        places = part.weight("numbers.places", [every.index(name) for name in columns], np.int64)
        seen = part.node("Gather", [TABLE, places], "numbers", axis=1)
    if IMPUTER in steps:
        seen = _imputed(part, seen, steps[IMPUTER].statistics_, "numbers.known")
    if SCALER in steps:
        mean = part.weight("numbers.mean", steps[SCALER].mean_)
        scale = part.weight("numbers.scale", steps[SCALER].scale_)
        seen = part.node("Sub", [seen, mean], "numbers.centred")
        seen = part.node("Div", [seen, scale], "numbers.scaled")
    return [seen]


def _imputed(part: GraphPart, table: str, values: np.ndarray, output: str) -> str:
    return part.node(
        "Imputer",
        [table],
        output,
        domain=ML,
        imputed_value_floats=values.astype(np.float32).tolist(),
        replaced_value_float=float("nan"),
    )


def _categories(part: GraphPart, transformer: ColumnTransformer, spec: ModelSpec) -> list[str]:
    """Adds the one-hot code of the categories; returns the tensor, or nothing without categories.

    Each of its columns asks whether one category's position is one label's. That of a missing label
    is the one behind the last.
    """
    if CATEGORIES not in transformer.named_transformers_:
        return []
    every = list(column_types(spec))
    places: list[int] = []
    codes: list[int] = []
    missing: list[int] = []
    for column in category_columns(spec):
        width = len(column.labels) + 1
        places += [every.index(column.name)] * width
        codes += range(width)
        missing += [width - 1] * width
    seen = part.node(
        "Gather",
        [TABLE, part.weight("categories.places", places, np.int64)],
        "categories",
        axis=1,
    )
    seen = _imputed(part, seen, np.array(missing), "categories.known")
    wanted = part.weight("categories.codes", codes)
    seen = part.node("Equal", [seen, wanted], "categories.equal")
    return [part.node("Cast", [seen], "categories.onehot", to=TensorProto.FLOAT)]
