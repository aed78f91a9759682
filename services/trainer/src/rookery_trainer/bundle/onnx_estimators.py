"""Fitted estimators as parts of a graph: from the table that they see to what they answer."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from xgboost import XGBModel

from rookery_trainer.boosting.trees import boosted_trees
from rookery_trainer.bundle.onnx_boosting import add_trees
from rookery_trainer.bundle.onnx_exact_sums import add_exact_sums
from rookery_trainer.bundle.onnx_neighbors import convert_mean, convert_votes
from rookery_trainer.bundle.onnx_parts import OPSETS, GraphPart

_INPUT = "seen"


def add_classifier(part: GraphPart, estimator: ClassifierMixin, seen: str) -> str:
    """Adds a fitted classifier that sees the tensor `seen` [N, columns].

    Returns the name of its probabilities [N, classes], in the order of its own classes.
    """
    if isinstance(estimator, LogisticRegression):
        return _add_logistic_regression(part, estimator, seen)
    boosted = boosted_trees(estimator)
    if boosted is not None:
        return _add_shares(part, add_trees(part, boosted, seen), len(boosted.offsets))
    _, shares = _add_converted(part, estimator, seen, {"zipmap": False})
    # A forest's sum over its trees may come out some millionths above one.
    bounds = [part.weight("model.none", 0), part.weight("model.all", 1)]
    return part.node("Clip", [shares, *bounds], "model.shares")


def add_regressor(part: GraphPart, estimator: RegressorMixin, seen: str) -> str:
    """Adds a fitted regressor that sees the tensor `seen` [N, columns].

    Returns the name of its answers [N, 1], float32 or float64.
    """
    if isinstance(estimator, Ridge):
        return _add_ridge(part, estimator, seen)
    boosted = boosted_trees(estimator)
    if boosted is not None:
        answer = add_trees(part, boosted, seen)
        # XGBoost adds in single precision, as the node does.
        return answer if isinstance(estimator, XGBModel) else add_exact_sums(part, answer)
    (answer,) = _add_converted(part, estimator, seen, {})
    return add_exact_sums(part, answer)


def _add_shares(part: GraphPart, raw: str, outputs: int) -> str:
    """Makes raw outputs probabilities; a single one is that of the second of two classes."""
    if outputs > 1:
        return part.node("Softmax", [raw], "boosted.shares", axis=1)
    against = part.node("Neg", [raw], "boosted.against")
    both = part.node("Concat", [against, raw], "boosted.both", axis=1)
    return part.node("Sigmoid", [both], "boosted.shares")


def _add_ridge(part: GraphPart, estimator: Ridge, seen: str) -> str:
    return _add_sums(part, seen, np.reshape(estimator.coef_, (-1, 1)), estimator.intercept_)


def _add_logistic_regression(part: GraphPart, estimator: LogisticRegression, seen: str) -> str:
    """Adds sums in double precision, and the probabilities that they say, which are float32."""
    weights, offsets = estimator.coef_.T, estimator.intercept_
    binary = len(estimator.classes_) == 2
    if binary:
        weights, offsets = np.hstack([-weights, weights]), np.array([-offsets[0], offsets[0]])
    sums = _add_sums(part, seen, weights, offsets)
    apart = sums if binary else _add_below_best(part, sums)
    scores = part.node("Cast", [apart], "linear.scores", to=TensorProto.FLOAT)
    if binary:
        return part.node("Sigmoid", [scores], "linear.shares")
    return part.node("Softmax", [scores], "linear.shares", axis=1)


def _add_below_best(part: GraphPart, sums: str) -> str:
    """Adds how far each of a row's sums is below its largest: of two large ones that are near to
    each other, float32 would keep no difference.

    A softmax in double precision would keep it, but answers a row of a batch otherwise in the last
    bits than the row alone.
    """
    one = part.weight("linear.one", [1], np.int64)
    part.nodes.append(
        helper.make_node("TopK", [sums, one], ["linear.best", "linear.place"], axis=1)
    )
    return part.node("Sub", [sums, "linear.best"], "linear.below")


def _add_sums(
    part: GraphPart,
    seen: str,
    weights: NDArray[np.floating],
    offsets: NDArray[np.floating] | float,
) -> str:
    """Adds a product with `weights` [columns, sums] and a sum with `offsets`, in double precision.

    In single precision the terms of features that resemble each other, with large weights of
    opposite signs, would leave few digits of their sum.
    """
    row = part.node("Cast", [seen], "linear.row", to=TensorProto.DOUBLE)
    table = part.weight("linear.weights", weights, np.float64)
    terms = part.node("MatMul", [row, table], "linear.terms")
    moves = part.weight("linear.offsets", np.reshape(offsets, -1), np.float64)
    return part.node("Add", [terms, moves], "linear.sums")


def _add_converted(
    part: GraphPart,
    estimator: ClassifierMixin | RegressorMixin,
    seen: str,
    options: dict[str, object],
) -> list[str]:
    """Adds what skl2onnx makes of the estimator; returns the names of its outputs."""
    with warnings.catch_warnings():
        # skl2onnx asks every SVC for attributes that scikit-learn is about to drop.
        warnings.filterwarnings("ignore", "Attribute `prob[AB]_` was deprecated", FutureWarning)
        model = convert_sklearn(
            estimator,
            initial_types=[(_INPUT, FloatTensorType([None, estimator.n_features_in_]))],
            target_opset=OPSETS,
            options={id(estimator): options},
            custom_conversion_functions={
                KNeighborsClassifier: convert_votes,
                KNeighborsRegressor: convert_mean,
            },
        )
    graph = model.graph
    names = {graph.input[0].name: seen}

    def named(name: str) -> str:
        # An empty name is an optional input that is not given.
        return names.setdefault(name, f"model.{name}") if name else name

    for tensor in graph.initializer:
        tensor.name = named(tensor.name)
        part.weights.append(tensor)
    for node in graph.node:
        _rename(node, named)
        part.nodes.append(node)
    return [named(output.name) for output in graph.output]


def _rename(node: NodeProto, named: Any) -> None:
    for tensors in (node.input, node.output):
        for position, name in enumerate(tensors):
            tensors[position] = named(name)
