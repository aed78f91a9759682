"""The graph of a bundle, rebuilt from what was understood of the file: only that is ever run.

The file is walked node by node. What each operator makes of the shapes of its inputs is known
before anything is computed, and what was understood is written again, with names of our own. So the
runtime reads nothing that was not read here, and no reading of the same bytes in another way by
another parser can matter.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from onnx import GraphProto, ModelProto, TensorProto, helper

from rookery_core.contract import Contract
from rookery_core.errors import Refused
from rookery_core.feature_table import TABLE
from rookery_core.manifest import output_of
from rookery_core.model_columns import model_columns
from rookery_runtime.graph.abstract_tensors import FLOAT, STRING, Tensor
from rookery_runtime.graph.attributes import INT, Attributes
from rookery_runtime.graph.budget import MAX_ROWS, Budget
from rookery_runtime.graph.messages import Graph, Model, Node, read_graph, read_model
from rookery_runtime.graph.walk import Walk, declared, nodes_of, serialised
from rookery_runtime.graph.wire import field as written_field

_MODEL_VERSION = 8
_OPSETS = {"": range(13, 22), "ai.onnx.ml": range(1, 4)}


@dataclass(frozen=True)
class Rebuilt:
    """A graph that is known to end, within known bounds."""

    content: bytes
    """An ONNX file."""
    steps: int
    """What a batch of the most rows takes."""
    loading: int
    """Bytes that the runtime needs at the most while it loads the graph, about."""


def rebuild(content: bytes, contract: Contract, rows: int = MAX_ROWS) -> Rebuilt:
    """Rebuilds the graph of an ONNX file that answers rows of the contract.

    Args:
        rows: the most rows of one batch.

    Raises:
        Refused: for a file that is no model, an operator or a field that is not reviewed, a number
            out of bounds, other inputs or outputs than the contract's, or a batch that takes more
            than it may.

    The rebuilt graph takes one feature table where the file's does, and where the file's takes a
    column for each feature that only meet in one Concat: onnxruntime takes microseconds for each
    input. Else it takes those columns.
    """
    model = read_model(content)
    opsets, source = _opsets(model), read_graph(model.graph)
    nodes = nodes_of(source)
    output, _ = output_of(contract)
    walk = Walk(
        Budget(rows), _internal_names(contract), frozenset(opsets), kept=frozenset({output})
    )
    nodes = _give_inputs(walk, source, nodes, contract)
    described = GraphProto(name="bundle")
    described.input.extend(declared(name, tensor) for name, tensor in walk.known.values())
    body = walk.run(source.weights, nodes)
    _check_output(source, walk, contract)
    described.output.append(declared(*walk.known[output]))
    head = ModelProto(ir_version=_MODEL_VERSION)
    head.opset_import.extend(helper.make_opsetid(*opset) for opset in sorted(opsets.items()))
    graph = written_field(ModelProto.GRAPH_FIELD_NUMBER, [serialised(described), *body])
    # What was read goes before what was written is copied: both may be large.
    del content, model, source
    written = b"".join([serialised(head), *graph])
    return Rebuilt(written, walk.budget.steps, walk.budget.loading + 2 * len(written))


def _opsets(model: Model) -> dict[str, int]:
    found: dict[str, int] = {}
    for opset in model.opsets:
        domain = "" if opset.domain == "ai.onnx" else opset.domain
        if domain in found or opset.version not in _OPSETS.get(domain, ()):
            raise Refused(
                f"the model uses version {opset.version} of the operators "
                f"{opset.domain[:50]!r}, which is not reviewed; export it anew"
            )
        found[domain] = opset.version
    return found


def _give_inputs(walk: Walk, source: Graph, nodes: list[Node], contract: Contract) -> list[Node]:
    """Makes the inputs known to the walk; returns the nodes that it is to go over."""
    columns = model_columns(contract)
    table = Tensor(FLOAT, (len(columns),), rows=True)
    if _takes_table(source, len(columns)):
        walk.give(TABLE, table, name=TABLE)
        return nodes
    _check_inputs(source, contract)
    joined = _joined(nodes, contract)
    if joined is not None:
        walk.operator(joined)
        walk.reserved = frozenset(column.name for column in columns)
        walk.give(joined.outputs[0], table, name=TABLE)
        return [node for node in nodes if node is not joined]
    for name, is_text in columns:
        walk.give(name, Tensor(STRING if is_text else FLOAT, (1,), rows=True), name=name)
    return nodes


def _takes_table(graph: Graph, width: int) -> bool:
    """Tells whether the graph takes one feature table of that many columns."""
    if [entry.name for entry in graph.inputs] != [TABLE]:
        return False
    declared_type = graph.inputs[0].type.tensor_type
    dims = declared_type.shape.dim
    return declared_type.elem_type == FLOAT and len(dims) == 2 and dims[1].dim_value == width


def _joined(nodes: list[Node], contract: Contract) -> Node | None:
    """Finds the Concat that alone reads the columns, all of them in their order, as a table."""
    names = [column.name for column in model_columns(contract)]
    readers = [node for node in nodes if not set(names).isdisjoint(node.inputs)]
    if len(readers) != 1 or any(column.is_text for column in model_columns(contract)):
        return None
    (node,) = readers
    is_table = (
        (node.domain, node.operator, node.inputs) == ("", "Concat", names)
        and node.attributes.keys() == {"axis"}
        and Attributes("Concat", node.attributes).integer("axis", 0) in (1, -1)
        and node.attributes["axis"].kind == INT
    )
    answers = node.outputs == [output_of(contract)[0]]
    return node if is_table and len(node.outputs) == 1 and not answers else None


def _check_inputs(graph: Graph, contract: Contract) -> None:
    expected = {name: STRING if is_text else FLOAT for name, is_text in model_columns(contract)}
    found = {entry.name: entry.type.tensor_type.elem_type for entry in graph.inputs}
    if found != expected or len(graph.inputs) != len(expected):
        names = {kind: name for name, kind in TensorProto.DataType.items()}
        told = {name[:50]: names.get(kind, "no tensor") for name, kind in found.items()}
        wanted = {name: names[kind] for name, kind in expected.items()}
        raise Refused(f"the model takes {told}, its manifest says {wanted}"[:2000])
    for entry in graph.inputs:
        dims = entry.type.tensor_type.shape.dim
        if len(dims) != 2 or dims[1].dim_value != 1:
            raise Refused("the model's inputs are not columns of shape [N, 1]")


def _internal_names(contract: Contract) -> Iterator[str]:
    taken = {column.name for column in model_columns(contract)} | {output_of(contract)[0]}
    number = 0
    while True:
        number += 1
        if (name := f"{number}.") not in taken:
            yield name


def _check_output(source: Graph, walk: Walk, contract: Contract) -> None:
    output, width = output_of(contract)
    if output not in {entry.name for entry in source.outputs}:
        raise Refused(f"the model has no output {output!r}")
    if output not in walk.computed:
        raise Refused(f"the model does not compute its output {output!r}")
    _, tensor = walk.known[output]
    if tensor.kind != FLOAT or not tensor.rows:
        raise Refused(f"the model has no float32 output {output!r} for each row")
    if tensor.dims != (width,):
        one = "one number a row" if contract.task == "regression" else "one a class"
        raise Refused(f"the model answers {tensor.dims} {output}, not {one}")
