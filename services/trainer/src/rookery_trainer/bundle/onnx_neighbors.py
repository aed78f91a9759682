"""K-nearest neighbours as an ONNX graph that finds exactly scikit-learn's neighbours.

skl2onnx computes distances in single precision, where rows that differ in the eighth digit look
equally far and another neighbour may win. Here they are computed in double precision from the same
single-precision coordinates, as scikit-learn does.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import GraphProto, NodeProto, TensorProto, helper, numpy_helper
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

ROW = "vote.row"
SHARES = "vote.shares"


def convert_votes(scope: Any, operator: Any, container: Any) -> None:
    """Converts a fitted k-nearest classifier with uniform weights, for skl2onnx."""
    model: KNeighborsClassifier = operator.raw_operator
    label, probabilities = (output.full_name for output in operator.outputs)
    votes = np.eye(len(model.classes_), dtype=np.float32)[np.asarray(model._y).ravel()]
    _scan_rows(scope, operator, container, vote_graph(model, votes), probabilities)
    # skl2onnx wants the label too; the export drops it, for labels follow Rookery's one rule.
    container.add_node(
        "ArgMax", probabilities, label, name=scope.get_unique_operator_name("ArgMax"), axis=1
    )


def convert_mean(scope: Any, operator: Any, container: Any) -> None:
    """Converts a fitted k-nearest regressor with uniform weights, for skl2onnx.

    The neighbours' values are added in double precision, as scikit-learn does; so is the answer.
    """
    model: KNeighborsRegressor = operator.raw_operator
    (answer,) = (output.full_name for output in operator.outputs)
    values = np.asarray(model._y, dtype=np.float64).reshape(-1, 1)
    _scan_rows(scope, operator, container, vote_graph(model, values), answer)


def _scan_rows(scope: Any, operator: Any, container: Any, body: GraphProto, answer: str) -> None:
    """Adds nodes that run `body` for each row.

    One after the other (a Scan), so that memory grows with the training rows and not with the
    batch.
    """
    double = scope.get_unique_variable_name("coordinates")
    container.add_node(
        "Cast",
        operator.inputs[0].full_name,
        double,
        name=scope.get_unique_operator_name("Cast"),
        to=TensorProto.DOUBLE,
    )
    container.add_node(
        "Scan",
        [double],
        [answer],
        name=scope.get_unique_operator_name("Scan"),
        num_scan_inputs=1,
        body=body,
    )


def vote_graph(
    model: KNeighborsClassifier | KNeighborsRegressor, votes: NDArray[np.floating]
) -> GraphProto:
    """Makes the graph from one row's coordinates [features] to its neighbours' mean vote [votes].

    Args:
        votes: those of each training row [N, votes]; the mean is computed in their type.
    """
    points = np.asarray(model._fit_X, dtype=np.float64)
    kind = helper.np_dtype_to_tensor_dtype(votes.dtype)
    constants = {
        "vote.points": points,
        "vote.ballots": votes,
        "vote.k": np.array([model.n_neighbors], dtype=np.int64),
        "vote.voters": np.array(model.n_neighbors, dtype=votes.dtype),
        "vote.across_features": np.array([1], dtype=np.int64),
        "vote.across_neighbors": np.array([0], dtype=np.int64),
    }
    if model.p not in (1, 2):
        constants["vote.power"] = np.array(model.p, dtype=np.float64)
    nodes = [
        helper.make_node("Sub", ["vote.points", ROW], ["vote.apart"]),
        *_powers(model.p),
        helper.make_node(
            "ReduceSum", ["vote.terms", "vote.across_features"], ["vote.distances"], keepdims=0
        ),
        helper.make_node(
            "TopK", ["vote.distances", "vote.k"], ["vote.smallest", "vote.nearest"], largest=0
        ),
        helper.make_node("Gather", ["vote.ballots", "vote.nearest"], ["vote.cast"]),
        helper.make_node(
            "ReduceSum", ["vote.cast", "vote.across_neighbors"], ["vote.counts"], keepdims=0
        ),
        helper.make_node("Div", ["vote.counts", "vote.voters"], [SHARES]),
    ]
    return helper.make_graph(
        nodes,
        "votes",
        [helper.make_tensor_value_info(ROW, TensorProto.DOUBLE, [points.shape[1]])],
        [helper.make_tensor_value_info(SHARES, kind, [votes.shape[1]])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )


def _powers(p: float) -> list[NodeProto]:
    """Makes the nodes from `apart` to `terms`; their sum orders points by Minkowski distance."""
    if p == 2:
        return [helper.make_node("Mul", ["vote.apart", "vote.apart"], ["vote.terms"])]
    if p == 1:
        return [helper.make_node("Abs", ["vote.apart"], ["vote.terms"])]
    return [
        helper.make_node("Abs", ["vote.apart"], ["vote.lengths"]),
        helper.make_node("Pow", ["vote.lengths", "vote.power"], ["vote.terms"]),
    ]
