"""Sums of trees in a graph, where single precision would lose digits."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper
from onnxruntime import InferenceSession
from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor

from rookery_trainer.bundle import onnx_estimators
from rookery_trainer.bundle.onnx_estimators import add_regressor
from rookery_trainer.bundle.onnx_exact_sums import add_exact_sums
from rookery_trainer.bundle.onnx_parts import OPSETS, GraphPart

DRAWS = np.random.default_rng(0)
ROWS = DRAWS.normal(size=(3_000, 4)).astype(np.float32)
TARGET = np.exp(3.0 * ROWS[:, 0].astype(np.float64))
"""Its largest values are dozens of standard deviations from its mean."""
FORESTS = [
    RandomForestRegressor(400, max_depth=4, min_samples_leaf=40, random_state=0),
    GradientBoostingRegressor(n_estimators=400, learning_rate=0.02, random_state=0),
]


def told(estimator: Any, kind: int) -> NDArray[np.float64]:
    part = GraphPart()
    answer = add_regressor(part, estimator, "seen")
    seen = helper.make_tensor_value_info("seen", TensorProto.FLOAT, [None, 4])
    graph = helper.make_graph(
        part.nodes,
        "trees",
        [seen],
        [helper.make_tensor_value_info(answer, kind, [None, 1])],
        part.weights,
    )
    opsets = [helper.make_opsetid(domain, version) for domain, version in OPSETS.items()]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=9)
    (found,) = InferenceSession(model.SerializeToString()).run(None, {"seen": ROWS})
    return np.asarray(found, dtype=np.float64)[:, 0]


@pytest.mark.parametrize("estimator", FORESTS, ids=lambda each: type(each).__name__)
def test_many_trees_lose_no_digit_far_from_the_mean(
    estimator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = TARGET - TARGET.mean()
    estimator.fit(ROWS, target)
    wanted = estimator.predict(ROWS)

    exact = np.abs(told(estimator, TensorProto.DOUBLE) - wanted).max()
    monkeypatch.setattr(onnx_estimators, "add_exact_sums", lambda _, answer: answer)
    plain = np.abs(told(estimator, TensorProto.FLOAT) - wanted).max()

    assert exact < plain / 4
    assert exact <= 1e-6 * target.std()


def test_what_adds_no_trees_stays_as_it_is() -> None:
    part = GraphPart()
    answer = part.node("Identity", ["seen"], "answer")

    assert add_exact_sums(part, answer) == "answer"
    assert [node.op_type for node in part.nodes] == ["Identity"]
