"""Tree ensembles: every index within bounds, every walk ends."""

from typing import Any

import numpy as np
import pytest
from tests.unit.runtime.support.graphs import (
    answers_of,
    contract,
    forest,
    node,
    regressor,
    weight,
    written,
)

from rookery_core.errors import Refused
from rookery_runtime.graph.forests import MAX_DEPTH
from rookery_runtime.graph.rebuild import rebuild
from rookery_runtime.prediction.onnx_session import Session

CHANGES: dict[str, dict[str, Any]] = {
    "a feature beyond": {"nodes_featureids": [2, 0, 0]},
    "a feature far beyond": {"nodes_featureids": [1 << 30, 0, 0]},
    "a feature before": {"nodes_featureids": [-1, 0, 0]},
    "a number beyond 32 bits": {"nodes_featureids": [1 << 33, 0, 0]},
    "a child beyond": {"nodes_truenodeids": [3, 0, 0]},
    "a child before": {"nodes_truenodeids": [-1, 0, 0]},
    "itself for a child": {"nodes_truenodeids": [0, 0, 0]},
    "one child twice": {"nodes_truenodeids": [2, 0, 0]},
    "a class beyond": {"class_ids": [0, 2, 0, 1]},
    "a class before": {"class_ids": [0, -1, 0, 1]},
    "a weight of a node that is not": {"class_nodeids": [1, 1, 2, 9]},
    "a weight of a branch": {"class_nodeids": [1, 1, 2, 0]},
    "a weight of a tree that is not": {"class_treeids": [0, 0, 0, 1]},
    "a leaf without a weight": {
        "class_nodeids": [1, 1],
        "class_treeids": [0, 0],
        "class_ids": [0, 1],
        "class_weights": [0.5, 0.5],
    },
    "few weights": {"class_weights": [0.5]},
    "few values": {"nodes_values": [0.5]},
    "few modes": {"nodes_modes": ["LEAF"]},
    "few hit rates": {"nodes_hitrates": [1.0]},
    "few flags": {"nodes_missing_value_tracks_true": [1]},
    "an unknown mode": {"nodes_modes": ["BRANCH_MEMBER", "LEAF", "LEAF"]},
    "a mode that another only begins with": {"nodes_modes": ["BRANCH_LEQ\0", "LEAF", "LEAF"]},
    "two nodes of one number": {"nodes_nodeids": [0, 1, 1]},
    "a number beyond the nodes": {"nodes_nodeids": [0, 1, 1 << 30]},
    "a tree in pieces": {"nodes_treeids": [0, 1, 0]},
    "three base values": {"base_values": [0.1, 0.2, 0.3]},
    "no class": {"classlabels_strings": None, "classlabels_int64s": [0, 1]},
    "values as a tensor": {"nodes_values_as_tensor": 1.0},
}


def test_a_sound_tree_answers() -> None:
    rebuilt = rebuild(written(forest()), contract())

    columns = {"a": np.zeros((2, 1), np.float32), "b": np.array([[0.5], [0.6]], np.float32)}
    assert answers_of(rebuilt.content, columns).tolist() == [[0.75, 0.25], [0.5, 0.5]]


def in_two_classes(targets: int | None) -> bytes:
    """A model whose classes share one, by what a regressor says."""
    low = node("Sub", ["one", "high"], ["low"])
    both = node("Concat", ["high", "low"], ["probabilities"], axis=1)
    return written(regressor(targets), low, both, weights=[weight("one", [1.0])])


def test_a_sound_regressor_answers() -> None:
    rebuilt = rebuild(in_two_classes(1), contract())

    columns = {"a": np.zeros((2, 1), np.float32), "b": np.array([[0.5], [0.6]], np.float32)}
    assert answers_of(rebuilt.content, columns).tolist() == [[0.75, 0.25], [0.25, 0.75]]


@pytest.mark.parametrize(
    ("targets", "fault"), [(None, "no targets"), (0, "no targets"), (2, "not one a class")]
)
def test_a_regressor_says_how_many_numbers_it_gives(targets: int | None, fault: str) -> None:
    with pytest.raises(Refused, match=fault):
        rebuild(in_two_classes(targets), contract())


@pytest.mark.parametrize("threshold", [float("inf"), float("-inf"), float("nan")])
def test_a_threshold_may_be_any_number(threshold: float) -> None:
    rebuild(written(forest(nodes_values=[threshold, 0.0, 0.0])), contract())


@pytest.mark.parametrize("case", CHANGES)
def test_a_tree_that_would_be_read_beyond_its_lists_is_refused(case: str) -> None:
    with pytest.raises(Refused):
        rebuild(written(forest(**CHANGES[case])), contract())


def test_nodes_in_a_circle_are_refused() -> None:
    circle = forest(
        nodes_treeids=[0] * 5,
        nodes_nodeids=[0, 1, 2, 3, 4],
        nodes_featureids=[0] * 5,
        nodes_values=[0.5] * 5,
        nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF", "BRANCH_LEQ", "BRANCH_LEQ"],
        nodes_truenodeids=[1, 0, 0, 4, 3],
        nodes_falsenodeids=[2, 0, 0, 4, 3],
    )
    loop = forest(nodes_truenodeids=[0, 0, 0], nodes_falsenodeids=[0, 0, 0])

    for made in (circle, loop):
        with pytest.raises(Refused, match=r"way from its root|circle"):
            rebuild(written(made), contract())


def chain(depth: int) -> bytes:
    """A tree of so many levels: each branch has a leaf and the next branch."""
    branches, leaves = depth - 1, depth
    number = branches + leaves
    below = [*range(1, branches), number - 1]
    return written(
        forest(
            nodes_treeids=[0] * number,
            nodes_nodeids=list(range(number)),
            nodes_featureids=[0] * number,
            nodes_values=[0.5] * number,
            nodes_modes=["BRANCH_LEQ"] * branches + ["LEAF"] * leaves,
            nodes_truenodeids=[*below, *[0] * leaves],
            nodes_falsenodeids=[*range(branches, number - 1), *[0] * leaves],
            class_treeids=[0] * leaves,
            class_nodeids=list(range(branches, number)),
            class_ids=[0] * leaves,
            class_weights=[0.5] * leaves,
        )
    )


def test_a_deep_tree_is_loaded_and_a_deeper_one_is_refused() -> None:
    Session(rebuild(chain(MAX_DEPTH), contract()).content)

    with pytest.raises(Refused, match="levels"):
        rebuild(chain(MAX_DEPTH + 1), contract())
