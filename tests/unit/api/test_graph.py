"""The graph check: reviewed operators and inner weights pass, whatever else is refused."""

import numpy as np
import onnx
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper

from rookery_api.graph import MAX_NODES, check_graph
from rookery_core.errors import Refused


def model(*nodes: onnx.NodeProto, tensors: tuple[TensorProto, ...] = ()) -> ModelProto:
    """A model of these nodes."""
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 1])
    graph = helper.make_graph(nodes, "g", [x], [x], initializer=tensors)
    return helper.make_model(graph)


def node(operator: str = "Identity", domain: str = "", **attributes: object) -> onnx.NodeProto:
    """One node."""
    return helper.make_node(operator, ["x"], ["y"], domain=domain, **attributes)


def test_reviewed_operators_pass() -> None:
    numbers = numpy_helper.from_array(np.arange(5, dtype=np.float32), "numbers")
    tree = node(
        "TreeEnsembleClassifier",
        "ai.onnx.ml",
        nodes_values=[0.5] * 100_000,
        nodes_truenodeids=list(range(100_000)),
        classlabels_int64s=[-1, 2**40],
        post_transform="NONE",
    )

    check_graph(model(node(), tree, tensors=(numbers,)).SerializeToString())


@pytest.mark.parametrize(
    ("operator", "domain"),
    [
        *(("Loop", ""), ("If", ""), ("ConstantOfShape", ""), ("Expand", ""), ("Tile", "")),
        *(("Range", ""), ("RandomNormal", ""), ("Identity", "evil"), ("ZipMap", "ai.onnx.ml")),
    ],
)
def test_other_operators_are_refused(operator: str, domain: str) -> None:
    with pytest.raises(Refused, match="not reviewed"):
        check_graph(model(node(operator, domain)).SerializeToString())


def test_operator_within_a_graph_of_a_node_is_seen() -> None:
    body = model(node("ConstantOfShape")).graph

    with pytest.raises(Refused, match="ConstantOfShape"):
        check_graph(model(node("Scan", body=body, num_scan_inputs=1)).SerializeToString())


@pytest.mark.parametrize("place", ["initializer", "attribute"])
def test_weights_in_another_file_are_refused(place: str) -> None:
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")
    made = (
        model(node(), tensors=(tensor,))
        if place == "initializer"
        else model(node("Constant", value=tensor))
    )

    with pytest.raises(Refused, match="another file"):
        check_graph(made.SerializeToString())


def test_functions_are_refused() -> None:
    made = model(node())
    made.functions.append(
        helper.make_function("local", "Identity", ["x"], ["y"], [node()], made.opset_import)
    )

    with pytest.raises(Refused, match="functions"):
        check_graph(made.SerializeToString())


def test_number_of_nodes_is_bounded() -> None:
    with pytest.raises(Refused, match="nodes"):
        check_graph(model(*[node()] * (MAX_NODES + 1)).SerializeToString())


@pytest.mark.parametrize("content", [b"", b"\x80", b"PK\x03\x04 zip", b"\x3a\xff\xff\xff\xff\x0f"])
def test_what_is_no_model_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        check_graph(content)


def test_every_truncation_is_refused_or_harmless() -> None:
    whole = model(node(), node("Add")).SerializeToString()

    for length in range(len(whole)):
        try:
            check_graph(whole[:length])
        except Refused:
            continue
