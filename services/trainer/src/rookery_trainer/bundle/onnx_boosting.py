"""Boosted trees as one node of a graph."""

import numpy as np

from rookery_trainer.boosting.trees import Boosted
from rookery_trainer.bundle.onnx_parts import ML, GraphPart


def add_trees(part: GraphPart, boosted: Boosted, seen: str) -> str:
    """Adds the trees, which see the tensor `seen` [N, columns].

    Returns the name of what they say [N, outputs], the offsets included.
    """
    trees = boosted.trees
    sizes = [len(tree.is_leaf) for tree in trees]
    numbers = np.concatenate([np.arange(size) for size in sizes])
    belongs = np.repeat(np.arange(len(trees)), sizes)
    outputs = np.repeat([tree.output for tree in trees], sizes)
    is_leaf = np.concatenate([tree.is_leaf for tree in trees])
    return part.node(
        "TreeEnsembleRegressor",
        [seen],
        "boosted.raw",
        domain=ML,
        n_targets=len(boosted.offsets),
        aggregate_function="SUM",
        post_transform="NONE",
        base_values=[float(np.float32(offset)) for offset in boosted.offsets],
        nodes_treeids=belongs.tolist(),
        nodes_nodeids=numbers.tolist(),
        nodes_modes=np.where(is_leaf, "LEAF", boosted.rule).tolist(),
        nodes_featureids=np.concatenate([tree.feature for tree in trees]).tolist(),
        nodes_values=np.concatenate([tree.threshold for tree in trees]).tolist(),
        nodes_truenodeids=np.concatenate([tree.left for tree in trees]).tolist(),
        nodes_falsenodeids=np.concatenate([tree.right for tree in trees]).tolist(),
        nodes_missing_value_tracks_true=np.concatenate([tree.missing_left for tree in trees])
        .astype(np.int64)
        .tolist(),
        target_treeids=belongs[is_leaf].tolist(),
        target_nodeids=numbers[is_leaf].tolist(),
        target_ids=outputs[is_leaf].tolist(),
        target_weights=np.concatenate([tree.value for tree in trees])[is_leaf].tolist(),
    )
