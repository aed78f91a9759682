"""The graph of a bundle, rebuilt from what was understood of the file: only that is ever run.

The file is walked node by node. What each operator makes of the shapes of its inputs is known
before anything is computed, and what was understood is written anew, with names of our own. So the
runtime reads nothing that was not read here, and no reading of the same bytes in another way by
another parser can matter.
"""

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

from rookery_core.contract import Contract, NumberFeature
from rookery_core.errors import Refused
from rookery_core.manifest import PROBABILITIES
from rookery_runtime.graph import ml_operators, operators
from rookery_runtime.graph.abstract_tensors import FLOAT, STRING, Tensor
from rookery_runtime.graph.attributes import GRAPH, INT, Attributes
from rookery_runtime.graph.budget import MAX_ROWS, Budget
from rookery_runtime.graph.messages import (
    Graph,
    Model,
    Node,
    read_graph,
    read_model,
    read_node,
    read_weights,
)
from rookery_runtime.graph.operators import Operator
from rookery_runtime.graph.wire import Chunks
from rookery_runtime.graph.wire import field as written_field

MAX_NODES = 1000
_MODEL_VERSION = 8
_OPSETS = {"": range(13, 22), "ai.onnx.ml": range(1, 4)}
_REVIEWED = {"": operators.OPERATORS, "ai.onnx.ml": ml_operators.OPERATORS}
_ATTRIBUTE = NodeProto.ATTRIBUTE_FIELD_NUMBER
_SCAN = Operator(lambda *_: (), range(1, 2), 1, {"body": GRAPH, "num_scan_inputs": INT})


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
        Refused: for a file that is none, an operator or a field that is not reviewed, a number
            out of bounds, other inputs or outputs than the contract's, or a batch that takes more
            than it may.
    """
    model = read_model(content)
    opsets, source = _opsets(model), read_graph(model.graph)
    _check_inputs(source, contract)
    walk = _Walk(
        Budget(rows), _internal_names(contract), frozenset(opsets), kept=frozenset({PROBABILITIES})
    )
    for feature in contract.features:
        kind = FLOAT if isinstance(feature, NumberFeature) else STRING
        walk.give(feature.name, Tensor(kind, (1,), rows=True), name=feature.name)
    described = GraphProto(name="bundle")
    described.input.extend(_declared(name, tensor) for name, tensor in walk.known.values())
    body = walk.run(source)
    _check_output(source, walk, contract)
    described.output.append(_declared(*walk.known[PROBABILITIES]))
    head = ModelProto(ir_version=_MODEL_VERSION)
    head.opset_import.extend(helper.make_opsetid(*opset) for opset in sorted(opsets.items()))
    graph = written_field(ModelProto.GRAPH_FIELD_NUMBER, [_serialised(described), *body])
    # What was read goes before what was written is copied: both may be large.
    del content, model, source
    written = b"".join([_serialised(head), *graph])
    return Rebuilt(written, walk.budget.steps, walk.budget.loading + 2 * len(written))


def _serialised(message: ModelProto | GraphProto | NodeProto | AttributeProto) -> bytes:
    content: bytes = message.SerializeToString(deterministic=True)
    return content


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


def _check_inputs(graph: Graph, contract: Contract) -> None:
    expected = {
        feature.name: FLOAT if isinstance(feature, NumberFeature) else STRING
        for feature in contract.features
    }
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
    taken = {feature.name for feature in contract.features} | {PROBABILITIES}
    number = 0
    while True:
        number += 1
        if (name := f"{number}.") not in taken:
            yield name


def _declared(name: str, tensor: Tensor) -> ValueInfoProto:
    dims: list[int | None] = [None] if tensor.rows else []
    return helper.make_tensor_value_info(name, tensor.kind, [*dims, *tensor.dims])


def _check_output(source: Graph, walk: "_Walk", contract: Contract) -> None:
    if PROBABILITIES not in {entry.name for entry in source.outputs}:
        raise Refused(f"the model has no output {PROBABILITIES!r}")
    if PROBABILITIES not in walk.computed:
        raise Refused(f"the model does not compute its output {PROBABILITIES!r}")
    _, tensor = walk.known[PROBABILITIES]
    if tensor.kind != FLOAT or not tensor.rows:
        raise Refused(f"the model has no float32 output {PROBABILITIES!r} for each row")
    if tensor.dims != (len(contract.classes),):
        raise Refused(f"the model answers {tensor.dims} probabilities, not one a class")


@dataclass
class _Walk:
    """A walk over one graph: what its tensors are called anew, and what is known of them."""

    budget: Budget
    names: Iterator[str]
    """New names, without end."""
    domains: frozenset[str]
    """Those of which the file names a version."""
    known: dict[str, tuple[str, Tensor]] = field(default_factory=dict)
    """By their name in the file."""
    kept: frozenset[str] = frozenset()
    """Names that stay as they are."""
    nested: bool = False
    computed: set[str] = field(default_factory=set)
    """Names in the file of what nodes compute."""

    def give(self, old: str, tensor: Tensor, name: str | None = None) -> str:
        """Makes a tensor known, once; answers its new name."""
        if not old or old in self.known:
            raise Refused(f"the model has two tensors {old[:50]!r}, or one without a name")
        if name is None:
            name = old if old in self.kept else next(self.names)
        self.known[old] = (name, tensor)
        return name

    def run(self, source: Graph) -> Chunks:
        """Answers the weights and nodes of `source`, written anew."""
        if not 0 < len(source.nodes) <= MAX_NODES:
            raise Refused(
                f"the model's graph has {len(source.nodes)} nodes, not 1 to {MAX_NODES}; export it "
                "anew"
            )
        written: Chunks = []
        for _, tensor in self.known.values():
            self.budget.hold(tensor.size(self.budget.rows))
        for weights in source.weights:
            written += self._weights(weights)
        nodes = [read_node(node) for node in source.nodes]
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
        operator = self._operator(source)
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
        return [_serialised(node), *content]

    def _operator(self, source: Node) -> Operator:
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
        inner = _Walk(self.budget, self.names, self.domains, nested=True)
        inner.give(body.inputs[0].name, Tensor(data.kind, data.dims))
        described = GraphProto(name="body")
        described.input.extend(_declared(*entry) for entry in inner.known.values())
        content = inner.run(body)
        self.budget.times, self.budget.held = times, held
        if body.outputs[0].name not in inner.computed:
            raise attributes.refused("has a body that computes nothing")
        name, tensor = inner.known[body.outputs[0].name]
        described.output.append(_declared(name, tensor))
        graph = written_field(AttributeProto.G_FIELD_NUMBER, [_serialised(described), *content])
        head = _serialised(AttributeProto(name="body", type=GRAPH))
        scanned = Tensor(tensor.kind, tensor.dims, rows=True)
        return [scanned], written_field(_ATTRIBUTE, [head, *graph])
