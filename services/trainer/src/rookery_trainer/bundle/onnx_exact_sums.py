"""The sum of many trees, in double precision, by a node that adds in single precision."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper

from rookery_trainer.bundle.onnx_parts import ML, GraphPart

TREES = "TreeEnsembleRegressor"
_EXACT = 23
"""Integers of so many bits, and their sums of one bit more, are float32 to the last digit."""


def add_exact_sums(part: GraphPart, answer: str) -> str:
    """Makes the last node, if it adds trees to `answer` [N, 1], add them without losing digits.

    A leaf then says its number in two parts, whose sums are two outputs: a multiple of a power of
    two that is large enough for every sum of such parts to be float32 exactly, in any order, and
    the small rest. Returns the name of their sum [N, 1] in float64; `answer` where no trees are.
    """
    node = part.nodes[-1]
    if node.op_type != TREES or answer not in node.output:
        return answer
    part.nodes[-1] = _in_two_parts(node)
    exact = part.node("Cast", [answer], "trees.parts", to=TensorProto.DOUBLE)
    axis = part.weight("trees.axis", [1], np.int64)
    return part.node("ReduceSum", [exact, axis], "trees.sum", keepdims=1)


def _in_two_parts(node: NodeProto) -> NodeProto:
    given: dict[str, Any] = {each.name: helper.get_attribute_value(each) for each in node.attribute}
    weights = np.asarray(given["target_weights"], dtype=np.float64)
    base = np.asarray(given.get("base_values", [0.0]), dtype=np.float64)
    unit = _unit(given, weights, base)
    twice = {
        f"target_{name}": np.tile(given[f"target_{name}"], 2).tolist()
        for name in ("treeids", "nodeids")
    }
    return helper.make_node(
        TREES,
        list(node.input),
        list(node.output),
        domain=ML,
        **given
        | twice
        | {
            "n_targets": 2,
            "target_ids": np.repeat([0, 1], len(weights)).tolist(),
            "target_weights": np.concatenate(_parts(weights, unit)).tolist(),
            "base_values": np.concatenate(_parts(base, unit)).tolist(),
        },
    )


def _unit(
    given: Mapping[str, Any], weights: NDArray[np.float64], base: NDArray[np.float64]
) -> float:
    """Returns the power of two of which all large parts are multiples."""
    trees = np.unique(np.asarray(given["target_treeids"]), return_inverse=True)[1]
    largest = np.zeros(trees.max() + 1)
    np.maximum.at(largest, trees, np.abs(weights))
    _, exponent = np.frexp(largest.sum() + np.abs(base).sum())
    return float(np.ldexp(1.0, int(exponent) - _EXACT))


def _parts(
    numbers: NDArray[np.float64], unit: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    large = np.round(numbers / unit) * unit
    return large, numbers - large
