"""Bundles that take long: to be run in an earlier release for ever, or for a batch of rows."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import onnx
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper
from tests.unit.runtime.support.graphs import raw_field, raw_graph, weight, with_raw_graph
from tools.harness.bundles import FittedBundle

from rookery_core.labels import predicted_classes
from rookery_runtime.graph.rebuild import rebuild
from rookery_runtime.prediction.input_columns import ModelInputs
from rookery_runtime.prediction.onnx_session import Session


def endless(made: FittedBundle) -> FittedBundle:
    """The bundle with a loop that never ends, hidden from who reads keys of 64 bits."""
    model = onnx.load_from_string(made.model)
    name = model.graph.output[0].name
    last = next(node for node in model.graph.node if name in node.output)
    last.output[list(last.output).index(name)] = "before"
    boolean = helper.make_tensor_value_info("go", TensorProto.BOOL, [])
    whole = helper.make_tensor_value_info("i", TensorProto.INT64, [])
    carried = helper.make_tensor_value_info("x", TensorProto.FLOAT, None)
    out = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    again = helper.make_tensor_value_info("again", TensorProto.BOOL, [])
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["again"]),
            helper.make_node("Identity", ["x"], ["y"]),
        ],
        "body",
        [whole, boolean, carried],
        [again, out],
    )
    model.graph.initializer.append(weight("forever", (1 << 63) - 1, np.int64))
    model.graph.initializer.append(weight("yes", True, np.bool_))
    loop = helper.make_node("Loop", ["forever", "yes", "before"], [name], body=body)
    hidden = raw_graph(model) + raw_field(1, loop.SerializeToString(), hidden=True)
    return sealed(made, with_raw_graph(model, hidden))


def slow(made: FittedBundle, points: int) -> FittedBundle:
    """The bundle with a graph that compares each row with so many points, whatever it says."""
    features, classes = made.manifest.contract.features, made.manifest.contract.classes
    names = [feature.name for feature in features]
    rng = np.random.default_rng(0)
    weights = [
        weight("points", rng.random((points, len(names))) * 0),
        weight("across", [1], np.int64),
        weight("all", [0], np.int64),
        weight("ones", np.full(len(classes), 1.0)),
    ]
    row = helper.make_tensor_value_info("row", TensorProto.FLOAT, [len(names)])
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, [len(classes)])
    nodes: list[NodeProto] = [
        helper.make_node("Sub", ["points", "row"], ["apart"]),
        helper.make_node("Mul", ["apart", "apart"], ["squares"]),
        helper.make_node("ReduceSum", ["squares", "across"], ["distances"], keepdims=0),
        helper.make_node("TopK", ["distances", "one"], ["least", "nearest"], largest=0),
        helper.make_node("Sub", ["least", "least"], ["nothing"]),
        helper.make_node("Add", ["ones", "nothing"], ["out"]),
    ]
    weights.append(weight("one", [1], np.int64))
    body: GraphProto = helper.make_graph(nodes, "body", [row], [out], initializer=weights)
    graph = helper.make_graph(
        [
            helper.make_node("Concat", names, ["table"], axis=1),
            helper.make_node("Scan", ["table"], ["scores"], body=body, num_scan_inputs=1),
            helper.make_node("Softmax", ["scores"], ["probabilities"]),
        ],
        "slow",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 1]) for name in names],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, len(classes)])],
    )
    model: ModelProto = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8
    )
    return sealed(made, model.SerializeToString(), golden=True)


def sealed(made: FittedBundle, model: bytes, golden: bool = False) -> FittedBundle:
    """The bundle with another model, for which its manifest vouches; its golden rows too."""
    manifest = json.loads(made.manifest_json)
    manifest["model_sha256"] = hashlib.sha256(model).hexdigest()
    manifest["model_bytes"] = len(model)
    if golden:
        contract = made.manifest.contract
        session = Session(rebuild(model, contract).content)
        del manifest["golden"][2:]
        rows = [row["inputs"] for row in manifest["golden"]]
        told = session.run(ModelInputs(contract, session).of_rows(rows))
        for row, answer, label in zip(
            manifest["golden"], told.tolist(), predicted_classes(told), strict=True
        ):
            row["probabilities"] = answer
            row["label"] = contract.classes[label]
    return replace(made, manifest_json=json.dumps(manifest).encode(), model=model)
