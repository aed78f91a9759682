"""Tree ensembles: the runtime follows their numbers unchecked, so every one is checked here.

Each child, leaf, feature and class that is named is there; every node of a tree is reached from
its root on one way, so that every walk ends.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rookery_runtime.graph.abstract_tensors import Whole
from rookery_runtime.graph.attributes import Attributes

MODES = {b"LEAF": 0, b"BRANCH_LEQ": 1, b"BRANCH_LT": 2, b"BRANCH_GTE": 3, b"BRANCH_GT": 4}
MAX_DEPTH = 1000
"""The runtime builds a tree by recursion."""
_PART = 1 << 18
_PER_NODE = (
    "nodes_treeids",
    "nodes_nodeids",
    "nodes_featureids",
    "nodes_truenodeids",
    "nodes_falsenodeids",
)
_OPTIONAL_PER_NODE = ("nodes_hitrates", "nodes_missing_value_tracks_true")


@dataclass(frozen=True)
class Forest:
    """What a sound ensemble takes."""

    steps: int
    """Comparisons and additions for a row, at most."""


@dataclass(frozen=True)
class _Nodes:
    """Every node, by its position in the lists."""

    tree: Whole
    """The number of its tree, from 0 in the order of the lists."""
    identity: Whole
    leaf: NDArray[np.bool_]
    roots: Whole
    keys: Whole
    """Tree and identity in one number, in ascending order."""
    order: Whole
    """The position of the node of each key."""
    named: Whole
    """The identity of each tree in ascending order."""
    ranks: Whole
    """The number of the tree of each such identity."""


def check_forest(attributes: Attributes, leaves: str, targets: int, width: int) -> Forest:
    """Returns what a sound ensemble takes.

    Args:
        leaves: `class` or `target`: how the names of the leaves' lists begin.
        targets: the number of classes or targets.
        width: the number of features that a row has.

    Raises:
        Refused: where an index is out of bounds, or a walk does not end.
    """
    nodes = _nodes(attributes, width)
    left = _children(attributes, nodes, "nodes_truenodeids")
    right = _children(attributes, nodes, "nodes_falsenodeids")
    _check_parents(attributes, nodes, left, right)
    depths = _walk(attributes, nodes, left, right)
    most = _check_leaves(attributes, nodes, leaves, targets)
    return Forest(steps=depths + most * len(nodes.roots))


def _nodes(attributes: Attributes, width: int) -> _Nodes:
    number = attributes.count("nodes_modes")
    listed = {name: attributes.integers(name) for name in _PER_NODE[:3]}
    counts = {attributes.count(name) for name in (*_PER_NODE, "nodes_values")}
    counts |= {attributes.count(name) for name in _OPTIONAL_PER_NODE if name in attributes}
    if counts != {number} or not number:
        raise attributes.refused("has lists of nodes of different lengths")
    texts = attributes.texts("nodes_modes")
    known = np.array([MODES.get(text, -1) for text in texts.distinct], np.int8)
    modes = known[texts.numbers]
    features, trees, identity = (
        listed[name] for name in ("nodes_featureids", "nodes_treeids", "nodes_nodeids")
    )
    if modes.min() < 0:
        raise attributes.refused("has a node of a mode that is not reviewed")
    if features.min() < 0 or features.max() >= width:
        raise attributes.refused("has a node with a feature that there is not")
    if identity.min() < 0 or identity.max() >= number:
        raise attributes.refused("has a node with a number beyond the nodes")
    begins = np.concatenate(([True], trees[1:] != trees[:-1]))
    roots = np.flatnonzero(begins)
    ranks = np.argsort(trees[roots])
    named = trees[roots][ranks]
    if (named[1:] == named[:-1]).any():
        raise attributes.refused("has a tree in several pieces")
    tree = np.cumsum(begins) - 1
    order = np.lexsort((identity, tree))
    keys = (tree * number + identity)[order]
    if (keys[1:] == keys[:-1]).any():
        raise attributes.refused("has two nodes of one number")
    return _Nodes(tree, identity, modes == 0, roots, keys, order, named, ranks)


def _positions(attributes: Attributes, nodes: _Nodes, tree: Whole, identity: Whole) -> Whole:
    """Finds the positions of the nodes of those numbers within those trees."""
    number = len(nodes.tree)
    if len(identity) and not 0 <= identity.min() <= identity.max() < number:
        raise attributes.refused("names a node that there is not")
    wanted = tree * number + identity
    places = np.minimum(np.searchsorted(nodes.keys, wanted), number - 1)
    if (nodes.keys[places] != wanted).any():
        raise attributes.refused("names a node that there is not")
    return nodes.order[places]


def _children(attributes: Attributes, nodes: _Nodes, name: str) -> Whole:
    """Finds the position of each node's child; -1 for a leaf."""
    branch = np.flatnonzero(~nodes.leaf)
    identity = attributes.integers(name)[branch]
    children = np.full(len(nodes.tree), -1, np.int64)
    children[branch] = _positions(attributes, nodes, nodes.tree[branch], identity)
    return children


def _check_parents(attributes: Attributes, nodes: _Nodes, left: Whole, right: Whole) -> None:
    number = len(nodes.tree)
    parents = np.bincount(left[left >= 0], minlength=number)
    parents += np.bincount(right[right >= 0], minlength=number)
    expected = np.ones(number, np.int64)
    expected[nodes.roots] = 0
    if (parents != expected).any():
        raise attributes.refused("has a node that is not on one way from its root")


def _walk(attributes: Attributes, nodes: _Nodes, left: Whole, right: Whole) -> int:
    """Sums all trees' depths; a node that no way from a root reaches is in a circle."""
    front, reached, depths = nodes.roots, 0, 0
    for _ in range(MAX_DEPTH):
        reached += len(front)
        depths += int((np.bincount(nodes.tree[front]) > 0).sum())
        branches = front[~nodes.leaf[front]]
        if not len(branches):
            break
        front = np.concatenate((left[branches], right[branches]), dtype=np.int64)
    else:
        raise attributes.refused(f"has a tree of more than {MAX_DEPTH} levels")
    if reached != len(nodes.tree):
        raise attributes.refused("has nodes in a circle")
    return depths


def _check_leaves(attributes: Attributes, nodes: _Nodes, leaves: str, targets: int) -> int:
    """Counts the most weights of one leaf; every weight must be of a leaf and of a target."""
    trees, identity, target = (
        attributes.integers(f"{leaves}_{name}") for name in ("treeids", "nodeids", "ids")
    )
    if not len(trees) == len(identity) == len(target) == attributes.count(f"{leaves}_weights"):
        raise attributes.refused("has lists of leaves of different lengths")
    if not len(trees) or target.min() < 0 or target.max() >= targets:
        raise attributes.refused("has a leaf with a class that there is not")
    weights: NDArray[np.int64] = np.zeros(len(nodes.tree), np.int64)
    # In parts: the lists are long, and each step of the look-up makes a copy.
    for begin in range(0, len(trees), _PART):
        part = slice(begin, begin + _PART)
        places = np.minimum(np.searchsorted(nodes.named, trees[part]), len(nodes.named) - 1)
        if (nodes.named[places] != trees[part]).any():
            raise attributes.refused("names a tree that there is not")
        positions = _positions(attributes, nodes, nodes.ranks[places], identity[part])
        weights += np.bincount(positions, minlength=len(weights))
    if ((weights > 0) != nodes.leaf).any():
        raise attributes.refused("has a leaf without a weight, or a weight without a leaf")
    return int(weights.max())
