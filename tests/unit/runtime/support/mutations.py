"""Mutations of a model file: as protocol buffers, as a graph, and as plain bytes."""

from collections.abc import Callable
from random import Random

import onnx
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto
from tests.unit.runtime.support.graphs import (
    external,
    node,
    raw_field,
    raw_graph,
    sparse,
    with_raw_graph,
)

SECRET = "secret.bin"
NUMBERS = (-(1 << 63), -(1 << 31), -2, -1, 0, 1, 2, 3, 7, 1000, 1 << 20, 1 << 31, (1 << 63) - 1)
REALS = (float("nan"), float("inf"), float("-inf"), -0.0, 1e38, -1e38, 1e-45, 0.5)
OPERATORS = (
    *("Loop", "If", "Scan", "ConstantOfShape", "Expand", "Tile", "Range", "OneHot", "Erf"),
    *("Abs", "Add", "Div", "Exp", "Pow", "Sum", "Clip", "Cast", "Concat", "Gather", "Reshape"),
    *("ReduceSum", "Softmax", "MatMul", "TopK", "Identity", "Not", "Less", "Max", "Sigmoid"),
)
LEARNED = (
    *("ArrayFeatureExtractor", "Imputer", "Normalizer", "OneHotEncoder", "Scaler"),
    *("LinearClassifier", "SVMClassifier", "TreeEnsembleClassifier", "TreeEnsembleRegressor"),
    *("LabelEncoder", "ZipMap", "SVMRegressor"),
)


def mutated(content: bytes, random: Random) -> bytes:
    """The file with one to three mutations."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        mutate = random.choice((_of_bytes, _of_wire, _of_graph, _of_graph, _of_graph))
        content = mutate(content, random)
    return content


def _of_bytes(content: bytes, random: Random) -> bytes:
    changed = bytearray(content)
    place = random.randrange(len(changed)) if changed else 0
    length = random.choice((1, 2, 8, 64, 1000))
    match random.randrange(6):
        case 0:
            for _ in range(random.randrange(1, 9)):
                if changed:
                    changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
        case 1:
            del changed[place:]
        case 2:
            del changed[place : place + length]
        case 3:
            changed[place:place] = random.randbytes(length)
        case 4:
            changed[place:place] = changed[place : place + length]
        case _:
            changed[place : place + 1] = b"\xff" * random.randrange(1, 11)
    return bytes(changed)


def _of_wire(content: bytes, random: Random) -> bytes:
    """Fields that are hidden, given twice, or written in more bytes than they need."""
    if (made := _parsed(content)) is None:
        return content
    number, evil = random.choice(
        (
            (1, node(random.choice(OPERATORS), ["x"], ["hidden"]).SerializeToString()),
            (5, external("hidden", SECRET).SerializeToString()),
            (15, sparse(random.choice((1, 1 << 20, 1 << 31))).SerializeToString()),
            (15, sparse(1, SECRET).SerializeToString()),
            (14, b""),
            (77, b"x"),
        )
    )
    hidden, extra = random.random() < 0.5, random.randrange(3)
    match random.randrange(4):
        case 0:
            return with_raw_graph(made, raw_graph(made) + raw_field(number, evil, hidden, extra))
        case 1:
            return content + raw_field(7, raw_graph(made), hidden, extra)
        case 2:
            return content + raw_field(random.choice((20, 25, 3000)), b"\x0a\x00", hidden, extra)
        case _:
            inner = raw_field(1, b"x", hidden, extra) + raw_field(number, evil, hidden, extra)
            return with_raw_graph(made, raw_graph(made) + raw_field(1, inner))


def _of_graph(content: bytes, random: Random) -> bytes:
    if (made := _parsed(content)) is None:
        return content
    graphs = [made.graph]
    graphs += [a.g for n in made.graph.node for a in n.attribute if a.type == AttributeProto.GRAPH]
    graph = random.choice(graphs)
    if graph.node:
        random.choice(_GRAPH)(graph, random)
    if random.random() < 0.05:
        made.opset_import[0].version = random.choice((1, 9, 11, 13, 18, 21, 25))
    changed: bytes = made.SerializeToString()
    return changed


def _operator(graph: GraphProto, random: Random) -> None:
    chosen = random.choice(graph.node)
    learned = random.random() < 0.4
    chosen.op_type = random.choice(LEARNED if learned else OPERATORS)
    chosen.domain = "ai.onnx.ml" if learned else random.choice(("", "", "", "com.microsoft"))


def _new_node(graph: GraphProto, random: Random) -> None:
    names = _names(graph)
    learned = random.random() < 0.4
    made = node(
        random.choice(LEARNED if learned else OPERATORS),
        [random.choice(names) for _ in range(random.randrange(1, 4))],
        [random.choice(("fresh", *names))],
        domain="ai.onnx.ml" if learned else "",
    )
    if random.random() < 0.5:
        made.attribute.add(name="axis", type=AttributeProto.INT, i=random.choice(NUMBERS))
    graph.node.insert(random.randrange(len(graph.node) + 1), made)


def _rewire(graph: GraphProto, random: Random) -> None:
    chosen = random.choice(graph.node)
    side = random.choice((chosen.input, chosen.output))
    if side:
        side[random.randrange(len(side))] = random.choice(("", "fresh", *_names(graph)))


def _attribute(graph: GraphProto, random: Random) -> None:
    chosen = _one_attribute(graph, random)
    if chosen is None:
        return
    listed = {6: chosen.floats, 7: chosen.ints, 8: chosen.strings}.get(chosen.type)
    if chosen.type == AttributeProto.INT:
        chosen.i = random.choice(NUMBERS)
    elif chosen.type == AttributeProto.FLOAT:
        chosen.f = random.choice(REALS)
    elif listed:
        place = random.randrange(len(listed))
        match random.randrange(4):
            case 0:
                del listed[place:]
            case 1:
                listed.append(listed[place])
            case _:
                values = {6: REALS, 7: NUMBERS, 8: (b"", b"LEAF", b"BRANCH_LT", b"\xff")}
                listed[place] = random.choice(values[chosen.type])


def _near(graph: GraphProto, random: Random) -> None:
    """An index that stays within its list: circles, shared children, other leaves."""
    chosen = _one_attribute(graph, random)
    if chosen is not None and chosen.ints:
        place = random.randrange(len(chosen.ints))
        chosen.ints[place] = random.randrange(len(chosen.ints))


def _type(graph: GraphProto, random: Random) -> None:
    chosen = _one_attribute(graph, random)
    if chosen is not None:
        chosen.type = random.randrange(15)
        chosen.name = random.choice((chosen.name, "axis", "to", "value"))
        if random.random() < 0.2:
            chosen.ref_attr_name = "x"


def _one_attribute(graph: GraphProto, random: Random) -> AttributeProto | None:
    chosen: NodeProto = random.choice(graph.node)
    return random.choice(chosen.attribute) if chosen.attribute else None


def _weights(graph: GraphProto, random: Random) -> None:
    if not graph.initializer:
        return
    chosen: TensorProto = random.choice(graph.initializer)
    match random.randrange(6):
        case 0:
            chosen.dims.append(random.choice(NUMBERS))
        case 1 if chosen.dims:
            chosen.dims[random.randrange(len(chosen.dims))] = random.choice(NUMBERS)
        case 2:
            chosen.data_type = random.randrange(25)
        case 3:
            chosen.CopyFrom(external(chosen.name, random.choice((SECRET, "../" + SECRET, "/x"))))
        case 4:
            chosen.raw_data = random.randbytes(len(chosen.raw_data))
        case _:
            chosen.name = random.choice(_names(graph))


def _sparse(graph: GraphProto, random: Random) -> None:
    if random.random() < 0.5:
        graph.sparse_initializer.append(sparse(random.choice((1, 1 << 31)), SECRET))
        return
    constant = node("Constant", [], ["fresh"])
    attribute = constant.attribute.add(name="sparse_value", type=AttributeProto.SPARSE_TENSOR)
    attribute.sparse_tensor.CopyFrom(sparse(1 << 20, random.choice(("", SECRET))))
    graph.node.insert(0, constant)


def _order(graph: GraphProto, random: Random) -> None:
    nodes = list(graph.node)
    random.shuffle(nodes)
    del graph.node[:]
    graph.node.extend(nodes[: random.randrange(1, len(nodes) + 1)])


def _ends(graph: GraphProto, random: Random) -> None:
    chosen = random.choice([*graph.input, *graph.output])
    if random.random() < 0.5:
        chosen.name = random.choice(_names(graph))
    else:
        chosen.type.tensor_type.elem_type = random.randrange(20)


def _names(graph: GraphProto) -> list[str]:
    entries = [entry.name for entry in (*graph.input, *graph.output, *graph.initializer)]
    return [*entries, *(name for each in graph.node for name in each.output)]


def _parsed(content: bytes) -> ModelProto | None:
    try:
        made = onnx.load_from_string(content)
        for each in made.graph.node:
            each.SerializeToString()
    # Earlier mutations may have left what nobody can parse; then it stays as it is.
    except Exception:  # noqa: BLE001
        return None
    return made if made.graph.node else None


_GRAPH: tuple[Callable[[GraphProto, Random], None], ...] = (
    *(_operator, _new_node, _new_node, _rewire, _attribute, _attribute, _near, _near),
    *(_type, _weights, _weights, _sparse, _order, _ends),
)
