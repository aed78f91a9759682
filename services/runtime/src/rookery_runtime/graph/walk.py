"""A walk over a graph, node by node: each is checked, charged to the budget, and written again."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from onnx import (
    AttributeProto,
    GraphProto,
    ModelProto,
    NodeProto,
    TensorProto,
    ValueInfoProto,
    helper,
)

from rookery_core.errors import Refused
from rookery_runtime.graph import ml_operators, operators
from rookery_runtime.graph.abstract_tensors import Tensor
from rookery_runtime.graph.attributes import GRAPH, INT, Attributes
from rookery_runtime.graph.budget import Budget
from rookery_runtime.graph.messages import Graph, Node, read_graph, read_node
from rookery_runtime.graph.operators import Operator
from rookery_runtime.graph.weights import read_weights
from rookery_runtime.graph.wire import Chunks
from rookery_runtime.graph.wire import field as written_field

MAX_NODES = 5_000
"""Support vectors of twenty classes take 1,144."""
_REVIEWED = {"": operators.OPERATORS, "ai.onnx.ml": ml_operators.OPERATORS}
_ATTRIBUTE = NodeProto.ATTRIBUTE_FIELD_NUMBER
_SCAN = Operator(lambda *_: (), range(1, 2), 1, {"body": GRAPH, "num_scan_inputs": INT})


@dataclass
class Walk:
    """A walk over one graph: the new names of its tensors, and what is known of them."""

    budget: Budget
    names: Iterator[str]
    """New names, without end."""
    domains: frozenset[str]
    """Those of which the file names a version."""
    known: dict[str, tuple[str, Tensor]] = field(default_factory=dict)
    """By their name in the file."""
    kept: frozenset[str] = frozenset()
    """Names that stay as they are."""
    reserved: frozenset[str] = frozenset()
    """Names in the file of inputs that the rebuilt graph takes otherwise: nothing else has them."""
    nested: bool = False
    computed: set[str] = field(default_factory=set)
    """Names in the file of what nodes compute."""

    def give(self, old: str, tensor: Tensor, name: str | None = None) -> str:
        """Makes a tensor known, once; answers its new name."""
        if not old or old in self.known or old in self.reserved:
            raise Refused(f"the model has two tensors {old[:50]!r}, or one without a name")
        if name is None:
            name = old if old in self.kept else next(self.names)
        self.known[old] = (name, tensor)
        return name

    def run(self, weights: Sequence[memoryview], nodes: Sequence[Node]) -> Chunks:
        """Answers the weights and nodes of a graph, written again."""
        written: Chunks = []
        for _, tensor in self.known.values():
            self.budget.hold(tensor.size(self.budget.rows))
        for tensor_bytes in weights:
            written += self._weights(tensor_bytes)
        reads = Counter(name for node in nodes for name in node.inputs)
        for node in nodes:
            written += written_field(GraphProto.NODE_FIELD_NUMBER, self._node(node))
            self._let_go(node, reads)
        return written

    def _weights(self, source: memoryview) -> Chunks:
        described, value = read_weights(source)
        tensor = Tensor(described.data_type, value.shape, value=value)
        described.name = self.give(described.name, tensor)
        self.budget.loading += 3 * value.nbytes
        content = written_field(TensorProto.RAW_DATA_FIELD_NUMBER, [value.tobytes()])
        head = described.SerializeToString(deterministic=True)
        return written_field(GraphProto.INITIALIZER_FIELD_NUMBER, [head, *content])

    def _node(self, source: Node) -> Chunks:
        operator = self.operator(source)
        attributes = Attributes(source.operator, source.attributes)
        for name, attribute in source.attributes.items():
            if operator.attributes.get(name) != attribute.kind:
                raise attributes.refused(f"has an attribute {name[:50]!r} that is not reviewed")
        inputs = [self._input(attributes, name) for name in source.inputs]
        node = NodeProto(op_type=source.operator, domain=source.domain)
        node.input.extend(name for name, _ in inputs)
        tensors = [tensor for _, tensor in inputs]
        content: Chunks = []
        if operator is _SCAN:
            outputs, content = self._scan(attributes, tensors)
        else:
            outputs = operator.rule(attributes, tensors, self.budget)
        for name, tensor in zip(source.outputs, outputs, strict=False):
            node.output.append(self.give(name, tensor))
            self.computed.add(name)
            self.budget.hold(tensor.size(self.budget.rows))
        self.budget.loading += attributes.loading
        for name in sorted(source.attributes.keys() - operator.left_out - {"body"}):
            content += written_field(_ATTRIBUTE, [source.attributes[name].written])
        return [serialised(node), *content]

    def operator(self, source: Node) -> Operator:
        """Finds the reviewed operator that the node is of.

        Raises:
            Refused: there is none, or not with so many inputs or outputs.
        """
        name = source.operator
        scan = (source.domain, name) == ("", "Scan") and not self.nested
        operator = _SCAN if scan else _REVIEWED.get(source.domain, {}).get(name)
        if operator is None or source.domain not in self.domains:
            raise Refused(f"the model holds the operator {name[:50]!r}, which is not reviewed")
        if len(source.inputs) not in operator.inputs:
            raise Refused(f"an operator {name} of the model has {len(source.inputs)} inputs")
        if not 1 <= len(source.outputs) <= operator.outputs:
            raise Refused(f"an operator {name} of the model has {len(source.outputs)} outputs")
        return operator

    def _input(self, attributes: Attributes, name: str) -> tuple[str, Tensor]:
        if name not in self.known:
            raise attributes.refused("reads a tensor that is not computed before it")
        return self.known[name]

    def _let_go(self, node: Node, reads: Counter[str]) -> None:
        reads.subtract(node.inputs)
        for name in {*node.inputs, *node.outputs}:
            _, tensor = self.known[name]
            if reads[name] <= 0 and tensor.value is None:
                self.budget.hold(-tensor.size(self.budget.rows))

    def _scan(
        self, attributes: Attributes, inputs: Sequence[Tensor]
    ) -> tuple[Sequence[Tensor], Chunks]:
        """Runs the body for each row; it knows no other tensor than its row."""
        (data,) = inputs
        if (
            not data.rows
            or attributes.integer("num_scan_inputs", 0) != 1
            or "body" not in attributes
        ):
            raise attributes.refused("does not go over the rows of a batch")
        body = read_graph(attributes.found["body"].value)
        if len(body.inputs) != 1 or len(body.outputs) != 1:
            raise attributes.refused("has a body that is not reviewed")
        times, held = self.budget.times, self.budget.held
        self.budget.times = self.budget.rows
        inner = Walk(self.budget, self.names, self.domains, nested=True)
        inner.give(body.inputs[0].name, Tensor(data.kind, data.dims))
        described = GraphProto(name="body")
        described.input.extend(declared(*entry) for entry in inner.known.values())
        content = inner.run(body.weights, nodes_of(body))
        self.budget.times, self.budget.held = times, held
        if body.outputs[0].name not in inner.computed:
            raise attributes.refused("has a body that computes nothing")
        name, tensor = inner.known[body.outputs[0].name]
        described.output.append(declared(name, tensor))
        graph = written_field(AttributeProto.G_FIELD_NUMBER, [serialised(described), *content])
        head = serialised(AttributeProto(name="body", type=GRAPH))
        scanned = Tensor(tensor.kind, tensor.dims, rows=True)
        return [scanned], written_field(_ATTRIBUTE, [head, *graph])


def nodes_of(graph: Graph) -> list[Node]:
    """Reads the nodes of a graph.

    Raises:
        Refused: it has none, or too many.
    """
    if not 0 < len(graph.nodes) <= MAX_NODES:
        raise Refused(
            f"the model's graph has {len(graph.nodes)} nodes, not 1 to {MAX_NODES}; export it anew"
        )
    return [read_node(node) for node in graph.nodes]


def serialised(message: ModelProto | GraphProto | NodeProto | AttributeProto) -> bytes:
    """Writes the message, always in the same way."""
    content: bytes = message.SerializeToString(deterministic=True)
    return content


def declared(name: str, tensor: Tensor) -> ValueInfoProto:
    """Describes an input or an output of a graph."""
    dims: list[int | None] = [None] if tensor.rows else []
    return helper.make_tensor_value_info(name, tensor.kind, [*dims, *tensor.dims])
