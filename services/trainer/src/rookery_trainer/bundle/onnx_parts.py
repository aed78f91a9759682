"""A part of an ONNX graph, as the export puts graphs together."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from onnx import NodeProto, TensorProto, helper, numpy_helper

OPSETS = {"": 17, "ai.onnx.ml": 3}
"""Of every graph that is exported."""
ML = "ai.onnx.ml"


@dataclass
class GraphPart:
    """Nodes and weights that are put together, one after the other."""

    nodes: list[NodeProto] = field(default_factory=list)
    weights: list[TensorProto] = field(default_factory=list)

    def node(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Adds a node of one output; returns the output's name."""
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def weight(self, name: str, values: Any, kind: Any = np.float32) -> str:
        """Adds a weight; returns its name."""
        self.weights.append(numpy_helper.from_array(np.asarray(values, dtype=kind), name))
        return name
