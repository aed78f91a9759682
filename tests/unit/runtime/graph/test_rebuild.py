"""The rebuilt graph: reviewed operators and inner weights pass, whatever else is refused."""

from collections.abc import Callable

import numpy as np
import onnx
import pytest
from onnx import AttributeProto, ModelProto, NodeProto, TensorProto, ValueInfoProto, helper
from tests.some import some
from tests.unit.runtime.support.graphs import (
    ANSWER,
    SOUND,
    TABLE,
    answers_of,
    contract,
    external,
    model,
    node,
    raw_field,
    raw_graph,
    scan,
    sparse,
    weight,
    with_raw_graph,
    written,
)

from rookery_core.errors import Refused
from rookery_runtime.graph.rebuild import rebuild
from rookery_runtime.graph.walk import MAX_NODES
from rookery_runtime.prediction.onnx_session import import_runtime


def answers(content: bytes, rows: int = 3) -> np.ndarray:
    """What the rebuilt graph says of some rows."""
    columns = {
        name: np.linspace(0, 1, rows, dtype=np.float32).reshape(-1, 1) * scale
        for name, scale in (("a", 1), ("b", 2))
    }
    return answers_of(rebuild(content, contract()).content, columns)


def test_a_sound_graph_answers() -> None:
    assert answers(written(ANSWER)).shape == (3, 2)


def test_what_says_nothing_is_left_out() -> None:
    made = model()
    made.doc_string = made.graph.doc_string = made.producer_name = "canary"
    made.graph.name = made.graph.node[0].name = made.graph.node[0].doc_string = "canary"
    made.metadata_props.add(key="canary", value="canary")
    made.graph.value_info.add(name="canary")

    rebuilt = rebuild(made.SerializeToString(), contract()).content

    assert b"canary" not in rebuilt
    assert rebuilt == rebuild(model().SerializeToString(), contract()).content


@pytest.mark.parametrize(
    ("operator", "domain"),
    [
        *(("Loop", ""), ("If", ""), ("ConstantOfShape", ""), ("Expand", ""), ("Tile", "")),
        *(("Range", ""), ("RandomNormal", ""), ("Identity", "evil"), ("ZipMap", "ai.onnx.ml")),
        *(("Constant", ""), ("Erf", ""), ("Softmax", "com.microsoft"), ("Scan", "ai.onnx.ml")),
    ],
)
def test_other_operators_are_refused(operator: str, domain: str) -> None:
    made = node(operator, ["table"], ["probabilities"], domain=domain)

    with pytest.raises(Refused, match="not reviewed"):
        rebuild(written(made), contract())


def test_operators_within_the_body_of_a_scan_are_seen() -> None:
    inner = scan(node("Identity", ["row"], ["out"]))
    inner.input[0], inner.output[0] = "row", "out"

    for made in (node("ConstantOfShape", ["row"], ["out"]), inner):
        with pytest.raises(Refused, match="not reviewed"):
            rebuild(written(scan(made)), contract())


def test_the_body_of_a_scan_knows_its_row_and_nothing_else() -> None:
    sound = scan(node("Softmax", ["row"], ["out"]))
    assert answers(written(sound)).shape == (3, 2)

    foreign = scan(node("Add", ["row", "table"], ["out"]))
    with pytest.raises(Refused, match="not computed before"):
        rebuild(written(foreign), contract())


SECRET = "secret.bin"


def _attribute(kind: int, value: object, name: str) -> onnx.NodeProto:
    made = node("Softmax", ["table"], ["probabilities"])
    attribute = made.attribute.add(name="axis", type=kind)
    getattr(attribute, name).CopyFrom(value)
    return made


def _elsewhere(place: str) -> bytes:
    made = model([TABLE, node("Mul", ["table", "w"], ["probabilities"])])
    if place == "initializer":
        made.graph.initializer.append(external("w", SECRET))
    elif place == "sparse initializer":
        made.graph.sparse_initializer.append(sparse(1, SECRET))
    elif place == "body":
        scanned = scan(node("Mul", ["row", "w"], ["out"]), weights=[external("w", SECRET)])
        made = model([TABLE, scanned])
    else:
        kind, value = {
            "tensor": (AttributeProto.TENSOR, external("w", SECRET)),
            "sparse tensor": (AttributeProto.SPARSE_TENSOR, sparse(1, SECRET)),
        }[place]
        constant = node("Constant", [], ["w"])
        field = {"tensor": "t", "sparse tensor": "sparse_tensor"}[place]
        getattr(constant.attribute.add(name="value", type=kind), field).CopyFrom(value)
        made.graph.node.insert(0, constant)
    content: bytes = made.SerializeToString()
    return content


@pytest.mark.parametrize(
    "place", ["initializer", "sparse initializer", "tensor", "sparse tensor", "body"]
)
def test_weights_in_another_file_are_refused(place: str) -> None:
    with pytest.raises(Refused):
        rebuild(_elsewhere(place), contract())


@pytest.mark.parametrize("elements", [1, 300_000_000])
def test_sparse_weights_are_refused(elements: int) -> None:
    made = model([TABLE, node("Mul", ["table", "w"], ["probabilities"])])
    made.graph.sparse_initializer.append(sparse(elements))

    with pytest.raises(Refused, match="sparse"):
        rebuild(made.SerializeToString(), contract())


def test_functions_are_refused() -> None:
    made = model()
    made.functions.append(
        helper.make_function("local", "Identity", ["x"], ["y"], SOUND, made.opset_import)
    )

    with pytest.raises(Refused, match="functions"):
        rebuild(made.SerializeToString(), contract())


def _hidden_node(made: ModelProto) -> bytes:
    loop = node("Erf", ["table"], ["other"]).SerializeToString()
    return with_raw_graph(made, raw_graph(made) + raw_field(1, loop, hidden=True))


def _hidden_graph(made: ModelProto) -> bytes:
    return bytes(made.SerializeToString()) + raw_field(7, raw_graph(made), hidden=True)


def _two_graphs(made: ModelProto) -> bytes:
    return bytes(made.SerializeToString()) + raw_field(7, raw_graph(made))


def _long_key(made: ModelProto) -> bytes:
    more = node("Identity", ["table"], ["other"]).SerializeToString()
    return with_raw_graph(made, raw_graph(made) + raw_field(1, more, extra=2))


def _undefined_field(made: ModelProto) -> bytes:
    return bytes(made.SerializeToString()) + raw_field(3000, b"?")


def _undefined_field_of_a_node(made: ModelProto) -> bytes:
    more = node("Identity", ["table"], ["other"]).SerializeToString() + raw_field(77, b"?")
    return with_raw_graph(made, raw_graph(made) + raw_field(1, more))


def _group(made: ModelProto) -> bytes:
    return bytes(made.SerializeToString()) + bytes([7 << 3 | 3, 7 << 3 | 4])


@pytest.mark.parametrize(
    "written_otherwise",
    [
        *(_hidden_node, _hidden_graph, _two_graphs, _long_key),
        *(_undefined_field, _undefined_field_of_a_node, _group),
    ],
)
def test_what_two_parsers_could_read_differently_is_refused(
    written_otherwise: Callable[[ModelProto], bytes],
) -> None:
    with pytest.raises(Refused):
        rebuild(written_otherwise(model()), contract())


def test_number_of_nodes_is_bounded() -> None:
    nodes = [node("Identity", ["table"], [f"t{number}"]) for number in range(MAX_NODES)]

    with pytest.raises(Refused, match="nodes"):
        rebuild(written(*nodes, ANSWER), contract())


@pytest.mark.parametrize("content", [b"", b"\x80", b"PK\x03\x04 zip", b"\x3a\xff\xff\xff\xff\x0f"])
def test_what_is_no_model_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        rebuild(content, contract())


def test_every_truncation_is_refused_or_harmless() -> None:
    whole = written(ANSWER)
    expected = answers(whole)

    refused = 0
    for length in some(range(len(whole))):
        try:
            told = answers(whole[:length])
        except Refused:
            refused += 1
        else:
            assert (told == expected).all()

    assert refused > len(whole) * 0.9


@pytest.mark.parametrize("opset", [1, 11, 12, 22, 99])
def test_other_versions_of_the_operators_are_refused(opset: int) -> None:
    with pytest.raises(Refused, match="version"):
        rebuild(model(opset=opset).SerializeToString(), contract())


@pytest.mark.parametrize(
    "place", ["table", "probabilities", "weight", "Concat", "axis", "ai.onnx.ml"]
)
def test_a_name_that_is_no_text_is_refused(place: str) -> None:
    name = place.encode()
    scaled = node("Mul", ["table", "weight"], ["scaled"])
    made = written(
        scaled, node("Softmax", ["scaled"], ["probabilities"]), weights=[weight("weight", [1.0])]
    )

    with pytest.raises(Refused):
        rebuild(made.replace(name, b"\xff" * len(name)), contract())


@pytest.mark.parametrize("domain", ["", "ai.onnx.ml"])
def test_operators_without_a_version_are_refused(domain: str) -> None:
    made = model([TABLE, node("Normalizer", ["table"], ["probabilities"], domain="ai.onnx.ml")])
    kept = [opset for opset in made.opset_import if opset.domain != domain]
    del made.opset_import[:]
    made.opset_import.extend(kept)

    with pytest.raises(Refused, match="not reviewed"):
        rebuild(made.SerializeToString(), contract())


def test_other_columns_than_the_contracts_are_refused() -> None:
    with pytest.raises(Refused, match="its manifest says"):
        rebuild(written(ANSWER), contract(("a", "c")))


def test_another_number_of_classes_is_refused() -> None:
    with pytest.raises(Refused, match="one a class"):
        rebuild(written(ANSWER), contract(classes=3))


def test_an_answer_that_is_not_computed_is_refused() -> None:
    fixed = written(weights=[weight("probabilities", [[0.5, 0.5]])])
    missing = written(node("Softmax", ["table"], ["other"]))

    for content in (fixed, missing):
        with pytest.raises(Refused, match="does not compute"):
            rebuild(content, contract())


WEIGHTS = {
    "too few elements": TensorProto(
        name="w", data_type=TensorProto.FLOAT, dims=[1 << 33], raw_data=b"\0" * 4
    ),
    "no elements": TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1 << 40, 1 << 40]),
    "a product beyond 64 bits": TensorProto(
        name="w", data_type=TensorProto.FLOAT, dims=[1 << 62, 4], raw_data=b""
    ),
    "a negative length": TensorProto(
        name="w", data_type=TensorProto.FLOAT, dims=[-1, -1], float_data=[1.0]
    ),
    "elements twice": TensorProto(
        name="w", data_type=TensorProto.FLOAT, dims=[1], float_data=[1.0], raw_data=b"\0" * 4
    ),
    "elements of another kind": TensorProto(
        name="w", data_type=TensorProto.FLOAT, dims=[1], int64_data=[1]
    ),
    "texts": TensorProto(name="w", data_type=TensorProto.STRING, dims=[1], string_data=[b"x"]),
    "a segment": TensorProto(
        name="w",
        data_type=TensorProto.FLOAT,
        dims=[1],
        float_data=[1.0],
        segment=TensorProto.Segment(begin=0, end=1),
    ),
}


@pytest.mark.parametrize("case", WEIGHTS)
def test_weights_of_another_size_than_their_shape_are_refused(case: str) -> None:
    content = written(node("Mul", ["table", "w"], ["probabilities"]), weights=[WEIGHTS[case]])

    with pytest.raises(Refused):
        rebuild(content, contract())


def test_weights_in_every_form_answer_alike() -> None:
    typed = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[2], float_data=[0.25, 4.0])
    forms = [typed, weight("w", [0.25, 4.0])]

    told = [
        answers(written(node("Mul", ["table", "w"], ["probabilities"]), weights=[form]))
        for form in forms
    ]

    assert (told[0] == told[1]).all()


FLOAT_TABLE = [helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, 2])]


def inputs_of(content: bytes) -> dict[str, list[int]]:
    """The rebuilt graph's inputs, and their widths."""
    graph = onnx.load_from_string(rebuild(content, contract()).content).graph
    return {
        entry.name: [dim.dim_value for dim in entry.type.tensor_type.shape.dim][1:]
        for entry in graph.input
    }


def taking(inputs: list[ValueInfoProto], *nodes: NodeProto) -> bytes:
    """A model of these nodes with these inputs."""
    made = model(nodes)
    del made.graph.input[:]
    made.graph.input.extend(inputs)
    content: bytes = made.SerializeToString()
    return content


def test_columns_that_only_meet_in_one_concat_become_one_table() -> None:
    assert inputs_of(written(ANSWER)) == {"features": [2]}
    again = rebuild(rebuild(written(ANSWER), contract()).content, contract())
    assert again.content == rebuild(written(ANSWER), contract()).content


def test_a_table_answers_as_the_columns_did() -> None:
    columns = {
        "a": np.array([[0.25], [1]], np.float32),
        "b": np.array([[0.5], [0]], np.float32),
    }

    told = answers_of(rebuild(written(ANSWER), contract()).content, columns)

    plain = import_runtime().InferenceSession(written(ANSWER), providers=["CPUExecutionProvider"])
    assert told.tobytes() == plain.run(["probabilities"], columns)[0].tobytes()


@pytest.mark.parametrize(
    "nodes",
    [
        (TABLE, node("Add", ["table", "a"], ["sum"]), node("Softmax", ["sum"], ["probabilities"])),
        (node("Concat", ["b", "a"], ["table"], axis=1), ANSWER),
        (node("Concat", ["a", "b"], ["probabilities"], axis=1),),
    ],
    ids=["a column is read again", "another order", "the answer itself"],
)
def test_other_columns_stay_columns(nodes: tuple[NodeProto, ...]) -> None:
    content: bytes = model(nodes).SerializeToString()

    assert inputs_of(content) == {"a": [1], "b": [1]}


@pytest.mark.parametrize("axis", [None, 0, 2, 1.0])
def test_a_concat_that_makes_no_table_is_refused(axis: float | None) -> None:
    content = model([node("Concat", ["a", "b"], ["table"], axis=axis), ANSWER])

    with pytest.raises(Refused):
        rebuild(content.SerializeToString(), contract())


def test_no_weight_has_the_name_of_a_column_that_became_part_of_a_table() -> None:
    with pytest.raises(Refused, match="two tensors"):
        rebuild(written(ANSWER, weights=[weight("a", [1.0])]), contract())


def test_a_graph_may_take_the_table_itself() -> None:
    assert inputs_of(taking(FLOAT_TABLE, node("Softmax", ["features"], ["probabilities"]))) == {
        "features": [2]
    }


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        (TensorProto.FLOAT, [None, 3]),
        (TensorProto.FLOAT, [None, None]),
        (TensorProto.FLOAT, [None]),
        (TensorProto.DOUBLE, [None, 2]),
        (TensorProto.STRING, [None, 2]),
    ],
)
def test_another_table_is_refused(kind: int, shape: list[int | None]) -> None:
    inputs = [helper.make_tensor_value_info("features", kind, shape)]

    with pytest.raises(Refused, match="the model takes"):
        rebuild(taking(inputs, node("Softmax", ["features"], ["probabilities"])), contract())
