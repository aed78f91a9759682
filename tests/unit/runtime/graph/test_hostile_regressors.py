"""Regressors of trees that nobody exported: of classes and of numbers, in both bundle formats."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, NodeProto, TensorProto, helper
from tests.some import some
from tests.unit.runtime.support.graphs import contract, external, node, regressor, weight

from rookery_core.contract import Contract
from rookery_core.errors import Refused
from rookery_core.feature_table import TABLE
from rookery_core.manifest import PREDICTION, PROBABILITIES
from rookery_runtime.graph.forests import MAX_DEPTH
from rookery_runtime.graph.rebuild import rebuild
from rookery_runtime.prediction.onnx_session import Session

NUMBERS = contract().model_copy(update={"task": "regression", "classes": ()})
SHAPES: Mapping[str, tuple[Contract, int]] = {
    "classes, format 1": (contract(), 1),
    "classes, format 2": (contract(), 2),
    "numbers, format 1": (NUMBERS, 1),
    "numbers, format 2": (NUMBERS, 2),
}
"""A model of numbers is written in format 2 alone; its graph is read in either."""


def written(shape: str, trees: NodeProto, weights: list[TensorProto] | None = None) -> bytes:
    """A model of that shape, which answers what the trees say of its row."""
    of, kind = SHAPES[shape]
    names = ("a", "b")
    columns = [TABLE] if kind == 2 else list(names)
    width = len(names) if kind == 2 else 1
    nodes = [trees]
    if kind == 1:
        nodes.insert(0, node("Concat", names, [TABLE], axis=1))
    del trees.input[:]
    trees.input.append(TABLE)
    if of.task == "regression":
        output, answers = PREDICTION, 1
        nodes.append(node("Identity", ["high"], [output]))
    else:
        output, answers = PROBABILITIES, 2
        nodes.append(node("Sub", ["one", "high"], ["low"]))
        nodes.append(node("Concat", ["high", "low"], [output], axis=1))
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info(each, TensorProto.FLOAT, [None, width]) for each in columns],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, [None, answers])],
        initializer=[weight("one", [1.0]), *(weights or [])],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    made: ModelProto = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    content: bytes = made.SerializeToString()
    return content


def trees(**changes: Any) -> NodeProto:
    """A tree of one split, with changed lists."""
    made = regressor(1)
    for name, value in changes.items():
        kept = [each for each in made.attribute if each.name != name]
        del made.attribute[:]
        made.attribute.extend(kept)
        if value is not None:
            made.attribute.append(helper.make_attribute(name, value))
    return made


def answers(content: bytes, shape: str) -> np.ndarray:
    """What the rebuilt graph says of two rows."""
    session = Session(rebuild(content, SHAPES[shape][0]).content)
    table = np.array([[0.0, 0.5], [0.0, 0.6]], np.float32)
    # The columns only meet in one Concat: the rebuilt graph takes the table in place of them.
    return session.run({TABLE: table})


CHANGES: dict[str, dict[str, Any]] = {
    "a circle of two": {
        "nodes_treeids": [0] * 5,
        "nodes_nodeids": [0, 1, 2, 3, 4],
        "nodes_featureids": [0] * 5,
        "nodes_values": [0.5] * 5,
        "nodes_modes": ["BRANCH_LEQ", "LEAF", "LEAF", "BRANCH_LEQ", "BRANCH_LEQ"],
        "nodes_truenodeids": [1, 0, 0, 4, 3],
        "nodes_falsenodeids": [2, 0, 0, 4, 3],
    },
    "a root that is its own child": {"nodes_truenodeids": [0, 0, 0]},
    "a branch that is its own child": {
        "nodes_modes": ["BRANCH_LEQ", "BRANCH_LEQ", "LEAF"],
        "nodes_truenodeids": [1, 1, 0],
        "nodes_falsenodeids": [2, 2, 0],
    },
    "one child twice": {"nodes_truenodeids": [2, 0, 0]},
    "a child beyond": {"nodes_truenodeids": [3, 0, 0]},
    "a child far beyond": {"nodes_falsenodeids": [(1 << 31) - 1, 0, 0]},
    "a child beyond 32 bits": {"nodes_falsenodeids": [1 << 32, 0, 0]},
    "a child before": {"nodes_falsenodeids": [-1, 0, 0]},
    "a feature beyond": {"nodes_featureids": [2, 0, 0]},
    "a feature before": {"nodes_featureids": [-1, 0, 0]},
    "a feature beyond 64 bits less one": {"nodes_featureids": [(1 << 63) - 1, 0, 0]},
    "a target beyond": {"target_ids": [0, 1]},
    "a target far beyond": {"target_ids": [0, 1 << 30]},
    "a target before": {"target_ids": [0, -1]},
    "a weight of a branch": {"target_nodeids": [0, 2]},
    "a weight of a node that is not": {"target_nodeids": [1, 3]},
    "a weight of a tree that is not": {"target_treeids": [0, 1]},
    "few weights": {"target_weights": [0.5]},
    "many weights": {"target_weights": [0.5] * 3},
    "no weights": {
        "target_weights": None,
        "target_ids": None,
        "target_nodeids": None,
        "target_treeids": None,
    },
    "few targets": {"target_ids": [0]},
    "few trees": {"nodes_treeids": [0, 0]},
    "few numbers": {"nodes_nodeids": [0, 1]},
    "few features": {"nodes_featureids": [1]},
    "few values": {"nodes_values": [0.5]},
    "few modes": {"nodes_modes": ["BRANCH_LEQ", "LEAF"]},
    "few children": {"nodes_truenodeids": [1]},
    "few flags": {"nodes_missing_value_tracks_true": [1]},
    "few hit rates": {"nodes_hitrates": [1.0]},
    "no nodes": dict.fromkeys(("nodes_treeids", "nodes_nodeids", "nodes_modes")),
    "an unknown mode": {"nodes_modes": ["BRANCH_NEAR", "LEAF", "LEAF"]},
    "a mode of a later opset": {"nodes_modes": ["BRANCH_MEMBER", "LEAF", "LEAF"]},
    "a mode that the runtime groups": {"nodes_modes": ["BRANCH_EQ", "LEAF", "LEAF"]},
    "an empty mode": {"nodes_modes": ["", "LEAF", "LEAF"]},
    "two nodes of one number": {"nodes_nodeids": [0, 1, 1]},
    "a tree in pieces": {"nodes_treeids": [0, 1, 0]},
    "two base values": {"base_values": [0.1, 0.2]},
    "another target": {"n_targets": 2},
    "no target": {"n_targets": 0},
    "targets without end": {"n_targets": (1 << 63) - 1},
    "targets below none": {"n_targets": -1},
    "an unknown sum": {"aggregate_function": "PRODUCT"},
    "an empty sum": {"aggregate_function": ""},
    "an unknown transform": {"post_transform": "EXP"},
    "thresholds of another kind": {"nodes_values": [1, 0, 0]},
    "weights of another kind": {"target_weights": [1, 0]},
    "modes of another kind": {"nodes_modes": [1, 0, 0]},
    "a text for targets": {"n_targets": "1"},
    "thresholds as a tensor": {"nodes_values_as_tensor": weight("", [0.5, 0, 0], np.float64)},
    "weights as a tensor": {"target_weights_as_tensor": weight("", [0.5, 0.5], np.float64)},
    "base values as a tensor": {"base_values_as_tensor": weight("", [0.5], np.float64)},
    "hit rates as a tensor": {"nodes_hitrates_as_tensor": weight("", [1.0] * 3, np.float64)},
    "weights in another file": {"target_weights_as_tensor": external("", "secret.bin")},
    "the lists of a classifier": {"class_ids": [0, 0], "class_weights": [0.5, 0.5]},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_sound_regressor_answers(shape: str) -> None:
    told = answers(written(shape, trees()), shape)

    assert told[:, 0].tolist() == [0.75, 0.25]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("case", CHANGES)
def test_a_regressor_that_nobody_exported_is_refused(case: str, shape: str) -> None:
    with pytest.raises(Refused):
        rebuild(written(shape, trees(**CHANGES[case])), SHAPES[shape][0])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", [each.name for each in regressor(1).attribute])
def test_an_attribute_that_is_there_twice_is_refused(name: str, shape: str) -> None:
    made = trees()
    made.attribute.append(next(each for each in made.attribute if each.name == name))

    with pytest.raises(Refused):
        rebuild(written(shape, made), SHAPES[shape][0])


@pytest.mark.parametrize("shape", SHAPES)
def test_weights_in_another_file_are_refused(shape: str) -> None:
    with pytest.raises(Refused):
        rebuild(written(shape, trees(), [external("w", "secret.bin")]), SHAPES[shape][0])


ODD = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf"), "3e38": 3e38}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("place", ["nodes_values", "target_weights", "base_values"])
def test_numbers_that_nothing_learns_are_answered_as_they_are(
    place: str, value: str, shape: str
) -> None:
    odd = ODD[value]
    given = {
        "nodes_values": [odd, 0.0, 0.0],
        "target_weights": [odd, 0.25],
        "base_values": [odd],
    }

    told = answers(written(shape, trees(**{place: given[place]})), shape)[:, 0]

    right = {
        # A row goes left where it is at most the threshold.
        "nodes_values": [0.75 if odd >= 0.5 else 0.25, 0.75 if odd >= 0.6 else 0.25],
        "target_weights": [odd, 0.25],
        "base_values": [odd, odd],
    }
    np.testing.assert_allclose(told, np.array(right[place], np.float32), rtol=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("transform", ["SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"])
@pytest.mark.parametrize("joined", ["SUM", "AVERAGE", "MIN", "MAX"])
def test_a_reviewed_transform_and_sum_end(transform: str, joined: str, shape: str) -> None:
    made = trees(post_transform=transform, aggregate_function=joined)

    assert len(answers(written(shape, made), shape)) == 2


def many(number: int, **changes: Any) -> NodeProto:
    """So many trees of one leaf."""
    given = {
        "nodes_treeids": list(range(number)),
        "nodes_nodeids": [0] * number,
        "nodes_featureids": [0] * number,
        "nodes_values": [0.0] * number,
        "nodes_modes": ["LEAF"] * number,
        "nodes_truenodeids": [0] * number,
        "nodes_falsenodeids": [0] * number,
        "target_treeids": list(range(number)),
        "target_nodeids": [0] * number,
        "target_ids": [0] * number,
        "target_weights": [1.0] * number,
    }
    return trees(**given | changes)


@pytest.mark.parametrize("shape", SHAPES)
def test_lists_of_a_million_are_read_and_a_batch_beyond_its_steps_is_refused(shape: str) -> None:
    # A leaf with a million weights, which every row of a batch would add.
    heavy = trees(
        target_treeids=[0] * 1_000_001,
        target_nodeids=[1] * 1_000_000 + [2],
        target_ids=[0] * 1_000_001,
        target_weights=[0.0] * 1_000_001,
    )
    known = SHAPES[shape][0]

    assert rebuild(written(shape, many(200_000)), known).steps > 200_000
    assert rebuild(written(shape, heavy), known, rows=10).steps > 10_000_000
    with pytest.raises(Refused, match="steps"):
        rebuild(written(shape, heavy), known, rows=100_000)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_tree_is_as_deep_as_the_runtime_can_build(shape: str) -> None:
    for depth in some((MAX_DEPTH, MAX_DEPTH + 1)):
        branches, leaves = depth - 1, depth
        number = branches + leaves
        chain = trees(
            nodes_treeids=[0] * number,
            nodes_nodeids=list(range(number)),
            nodes_featureids=[0] * number,
            nodes_values=[0.5] * number,
            nodes_modes=["BRANCH_LT"] * branches + ["LEAF"] * leaves,
            nodes_truenodeids=[*range(1, branches), number - 1, *[0] * leaves],
            nodes_falsenodeids=[*range(branches, number - 1), *[0] * leaves],
            target_treeids=[0] * leaves,
            target_nodeids=list(range(branches, number)),
            target_ids=[0] * leaves,
            target_weights=[0.5] * leaves,
        )
        if depth > MAX_DEPTH:
            with pytest.raises(Refused, match="levels"):
                rebuild(written(shape, chain), SHAPES[shape][0])
        else:
            assert len(answers(written(shape, chain), shape)) == 2


def test_every_list_of_a_sound_regressor_is_changed_by_a_case() -> None:
    changed = {name for change in CHANGES.values() for name in change}

    assert {each.name for each in some(regressor(1).attribute)} <= changed
