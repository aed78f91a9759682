"""Small graphs, sound and hostile, as the tests of the runtime build them."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from onnx import GraphProto, ModelProto, NodeProto, SparseTensorProto, TensorProto, helper
from onnx.numpy_helper import from_array

from rookery_core.contract import Contract, NumberFeature
from rookery_runtime.prediction.input_columns import Columns, ModelInputs
from rookery_runtime.prediction.onnx_session import Probabilities, Session

COLUMNS = ("a", "b")


def contract(columns: Sequence[str] = COLUMNS, classes: int = 2) -> Contract:
    """A contract of numbers."""
    return Contract(
        model="m",
        title="M",
        target="t",
        features=tuple(
            NumberFeature(name=name, minimum=0.0, maximum=1.0, example=0.5) for name in columns
        ),
        classes=tuple(f"c{number}" for number in range(classes)),
    )


def node(operator: str, inputs: Sequence[str], outputs: Sequence[str], **more: Any) -> NodeProto:
    """A node; of `domain`, with attributes; an empty list is one that is left out."""
    given = {name: value for name, value in more.items() if value != [] and value is not None}
    made: NodeProto = helper.make_node(operator, inputs, outputs, **given)
    return made


TABLE = node("Concat", COLUMNS, ["table"], axis=1)
"""Both columns side by side."""
ANSWER = node("Softmax", ["table"], ["probabilities"])
SOUND = (TABLE, ANSWER)


def model(
    nodes: Iterable[NodeProto] = SOUND,
    weights: Iterable[TensorProto] = (),
    columns: Sequence[str] = COLUMNS,
    opset: int = 17,
) -> ModelProto:
    """A model of these nodes over columns of numbers."""
    graph = helper.make_graph(
        list(nodes),
        "g",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 1]) for name in columns],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, 2])],
        initializer=list(weights),
    )
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("ai.onnx.ml", 3)]
    made: ModelProto = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    return made


def answers_of(content: bytes, columns: Columns) -> Probabilities:
    """What a rebuilt graph says of these columns."""
    session = Session(content)
    return session.run(ModelInputs(contract(), session).of_columns(columns))


def written(*nodes: NodeProto, weights: Iterable[TensorProto] = ()) -> bytes:
    """The bytes of a model of these nodes after `TABLE`; they answer `probabilities`."""
    content: bytes = model([TABLE, *nodes], weights).SerializeToString()
    return content


def weight(name: str, values: Any, kind: Any = np.float32) -> TensorProto:
    """A dense tensor."""
    made: TensorProto = from_array(np.array(values, kind), name)
    return made


def external(name: str, location: str) -> TensorProto:
    """A weight that lies in another file."""
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=[1])
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("length", "4")):
        tensor.external_data.add(key=key, value=value)
    return tensor


def sparse(dims: int, location: str = "") -> SparseTensorProto:
    """A sparse weight of which one element is set, here or in another file."""
    made = SparseTensorProto(dims=[dims])
    made.values.CopyFrom(external("w", location) if location else weight("w", [7.5]))
    made.indices.CopyFrom(weight("", [0], np.int64))
    return made


def varint(number: int, extra: int = 0) -> bytes:
    """A number as protocol buffers write it, in `extra` bytes more than it needs."""
    written = bytearray()
    while number > 127 or extra:
        extra -= number <= 127
        written.append(number & 127 | 128)
        number >>= 7
    return bytes([*written, number])


def raw_field(number: int, content: bytes, hidden: bool = False, extra: int = 0) -> bytes:
    """A field; `hidden` sets bit 32 of its key, which protobuf's parser cuts off."""
    key = (number << 3 | 2) + (hidden << 32)
    return varint(key, extra) + varint(len(content), extra) + content


def with_raw_graph(made: ModelProto, graph: bytes) -> bytes:
    """The model with these bytes for its graph."""
    head = ModelProto()
    head.CopyFrom(made)
    head.ClearField("graph")
    content: bytes = head.SerializeToString()
    return content + raw_field(7, graph)


def raw_graph(made: ModelProto) -> bytes:
    """The bytes of the model's graph."""
    content: bytes = made.graph.SerializeToString()
    return content


def scan(*nodes: NodeProto, row: str = "row", out: str = "out", **more: Any) -> NodeProto:
    """A Scan over the rows of `table` by these nodes."""
    body: GraphProto = helper.make_graph(
        list(nodes),
        "body",
        [helper.make_tensor_value_info(row, TensorProto.FLOAT, [2])],
        [helper.make_tensor_value_info(out, TensorProto.FLOAT, None)],
        initializer=more.pop("weights", []),
    )
    given = {"body": body, "num_scan_inputs": 1, **more}
    return node("Scan", ["table"], ["probabilities"], **given)


def regressor(targets: int | None) -> NodeProto:
    """A tree of one split over `table`, whose one number is `high`."""
    return node(
        "TreeEnsembleRegressor",
        ["table"],
        ["high"],
        domain="ai.onnx.ml",
        n_targets=targets,
        nodes_treeids=[0, 0, 0],
        nodes_nodeids=[0, 1, 2],
        nodes_featureids=[1, 0, 0],
        nodes_values=[0.5, 0.0, 0.0],
        nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF"],
        nodes_truenodeids=[1, 0, 0],
        nodes_falsenodeids=[2, 0, 0],
        target_nodeids=[1, 2],
        target_treeids=[0, 0],
        target_ids=[0, 0],
        target_weights=[0.75, 0.25],
    )


def forest(**changes: Any) -> NodeProto:
    """A tree of one split over `table`, with changed lists."""
    lists: dict[str, Any] = {
        "nodes_treeids": [0, 0, 0],
        "nodes_nodeids": [0, 1, 2],
        "nodes_featureids": [1, 0, 0],
        "nodes_values": [0.5, 0.0, 0.0],
        "nodes_modes": ["BRANCH_LEQ", "LEAF", "LEAF"],
        "nodes_truenodeids": [1, 0, 0],
        "nodes_falsenodeids": [2, 0, 0],
        "class_treeids": [0, 0, 0, 0],
        "class_nodeids": [1, 1, 2, 2],
        "class_ids": [0, 1, 0, 1],
        "class_weights": [0.75, 0.25, 0.5, 0.5],
        "classlabels_strings": ["c0", "c1"],
        "post_transform": "NONE",
        **changes,
    }
    return node(
        "TreeEnsembleClassifier",
        ["table"],
        ["label", "probabilities"],
        domain="ai.onnx.ml",
        **lists,
    )
