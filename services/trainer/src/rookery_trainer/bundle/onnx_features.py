"""Fitted blocks of features as parts of a graph: from the table to what an estimator sees."""

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import TargetEncoder

from rookery_core.feature_table import TABLE, UNKNOWN_CODE
from rookery_core.spec.model_spec import ModelSpec
from rookery_trainer.bundle.onnx_parts import ML, GraphPart
from rookery_trainer.data.model_columns import column_types, number_columns
from rookery_trainer.model.feature_blocks import (
    CATEGORIES,
    ENCODER,
    IMPUTER,
    MEANS,
    NUMBERS,
    RANKS,
    SCALER,
    mean_columns,
    onehot_columns,
    ranked_columns,
)


def add_features(part: GraphPart, blocks: ColumnTransformer, spec: ModelSpec) -> str:
    """Adds the fitted blocks; returns the tensor [N, columns] that the estimator sees."""
    adders = {
        NUMBERS: _numbers,
        RANKS: _ranks,
        MEANS: _means,
        CATEGORIES: _categories,
    }
    fitted = blocks.named_transformers_
    seen = [add(part, fitted[name], spec) for name, add in adders.items() if name in fitted]
    return seen[0] if len(seen) == 1 else part.node("Concat", seen, "seen", axis=1)


def _numbers(part: GraphPart, numbers: object, spec: ModelSpec) -> str:
    columns = number_columns(spec)
    every = list(column_types(spec))
    seen = TABLE if columns == every else _picked(part, columns, spec, NUMBERS)
    return _steps(part, seen, numbers, NUMBERS)


def _ranks(part: GraphPart, ranks: Pipeline, spec: ModelSpec) -> str:
    """Adds the places of labels; one that is unknown has none, and is missing."""
    columns = ranked_columns(spec)
    seen = _picked(part, [column.name for column in columns], spec, RANKS)
    none = np.full(len(columns), np.nan)
    seen = _imputed(part, seen, none, f"{RANKS}.places", replaced=UNKNOWN_CODE)
    return _steps(part, seen, ranks, RANKS)


def _means(part: GraphPart, means: Pipeline, spec: ModelSpec) -> str:
    """Adds a lookup: the mean of each label, of a missing one, and of all rows for an unknown one.

    All columns' means are one matrix, in which each column's begin behind those of the one before.
    """
    columns, encoder = mean_columns(spec), means.named_steps[ENCODER]
    lines = [_lines(encoder, place) for place in range(len(columns))]
    starts = np.cumsum([0, *(len(each) for each in lines)])
    seen = _picked(part, [column.name for column in columns], spec, MEANS)
    missing = np.array([len(column.labels) for column in columns])
    seen = _imputed(part, seen, missing, f"{MEANS}.known")
    # An unknown label has the code -1, and a column's first line.
    moves = part.weight(f"{MEANS}.moves", starts[:-1] - UNKNOWN_CODE)
    seen = part.node("Add", [seen, moves], f"{MEANS}.moved")
    seen = part.node("Cast", [seen], f"{MEANS}.whole", to=TensorProto.INT64)
    # So that whoever reads the graph knows that there is such a line.
    bounds = [
        part.weight(f"{MEANS}.first", 0, np.int64),
        part.weight(f"{MEANS}.last", starts[-1] - 1, np.int64),
    ]
    seen = part.node("Clip", [seen, *bounds], f"{MEANS}.lines")
    table = part.weight(f"{MEANS}.table", np.concatenate(lines))
    seen = part.node("Gather", [table, seen], f"{MEANS}.found", axis=0)
    shape = part.weight(f"{MEANS}.shape", [-1, len(columns) * lines[0].shape[1]], np.int64)
    seen = part.node("Reshape", [seen, shape], f"{MEANS}.row")
    return _steps(part, seen, means, MEANS)


def _lines(encoder: TargetEncoder, place: int) -> NDArray[np.float64]:
    """Returns the means [1 + labels + 1, means of a label] of one column, that of all rows first.

    A label has one for each of several classes, else one.
    """
    whole = np.atleast_1d(encoder.target_mean_)
    of_labels = encoder.encodings_[place * len(whole) : (place + 1) * len(whole)]
    return np.vstack([whole, np.column_stack(of_labels)])


def _categories(part: GraphPart, _: object, spec: ModelSpec) -> str:
    """Adds one-hot codes: each of their columns asks whether a category's place is one label's.

    That of a missing label is the one behind the last.
    """
    names: list[str] = []
    codes: list[int] = []
    missing: list[int] = []
    for column in onehot_columns(spec):
        width = len(column.labels) + 1
        names += [column.name] * width
        codes += range(width)
        missing += [width - 1] * width
    seen = _picked(part, names, spec, CATEGORIES)
    seen = _imputed(part, seen, np.array(missing), f"{CATEGORIES}.known")
    wanted = part.weight(f"{CATEGORIES}.codes", codes)
    seen = part.node("Equal", [seen, wanted], f"{CATEGORIES}.equal")
    return part.node("Cast", [seen], f"{CATEGORIES}.onehot", to=TensorProto.FLOAT)


def _steps(part: GraphPart, seen: str, block: object, name: str) -> str:
    """Adds what becomes of numbers; nothing where missing ones are passed through."""
    steps = block.named_steps if isinstance(block, Pipeline) else {}
    if IMPUTER in steps:
        seen = _imputed(part, seen, steps[IMPUTER].statistics_, f"{name}.known")
    if SCALER in steps:
        mean = part.weight(f"{name}.mean", steps[SCALER].mean_)
        scale = part.weight(f"{name}.scale", steps[SCALER].scale_)
        seen = part.node("Sub", [seen, mean], f"{name}.centred")
        seen = part.node("Div", [seen, scale], f"{name}.scaled")
    return seen


def _picked(part: GraphPart, names: list[str], spec: ModelSpec, block: str) -> str:
    """Adds some of the table's columns, by their names."""
    every = list(column_types(spec))
    places = part.weight(f"{block}.columns", [every.index(name) for name in names], np.int64)
    return part.node("Gather", [TABLE, places], block, axis=1)


def _imputed(
    part: GraphPart,
    table: str,
    values: NDArray[np.generic],
    output: str,
    replaced: float = float("nan"),
) -> str:
    return part.node(
        "Imputer",
        [table],
        output,
        domain=ML,
        imputed_value_floats=values.astype(np.float32).tolist(),
        replaced_value_float=replaced,
    )
