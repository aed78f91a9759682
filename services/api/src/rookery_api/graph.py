"""The graph of an ONNX file, checked before any runtime parses it.

A serving model is a short chain of reviewed operators with its weights inside. Whatever could read
another file, loop, or make much from little is refused: external data, functions, and operators
that are not listed. The wire format is protocol buffers' (https://protobuf.dev/programming-guides/
encoding/), the field numbers are those of onnx.proto3 (https://github.com/onnx/onnx).
"""

import re
from collections.abc import Iterator

from rookery_core.errors import Refused

_STANDARD = """
    Abs Add And ArgMax ArgMin Cast Clip Concat Constant Div Equal Exp Flatten Gather GatherElements
    Greater Identity IsNaN Less Log MatMul Max Min Mul Neg Not OneHot Or Pow ReduceMax ReduceMean
    ReduceSum ReduceSumSquare Reshape Scan Shape Sigmoid Slice Softmax Split Sqrt Squeeze Sub Sum
    Tanh TopK Transpose Unsqueeze Where
"""
_MACHINE_LEARNING = """
    ArrayFeatureExtractor Binarizer FeatureVectorizer Imputer LabelEncoder LinearClassifier
    LinearRegressor Normalizer OneHotEncoder SVMClassifier SVMRegressor Scaler
    TreeEnsembleClassifier TreeEnsembleRegressor
"""
OPERATORS = frozenset(
    {("", name) for name in _STANDARD.split()}
    | {("ai.onnx.ml", name) for name in _MACHINE_LEARNING.split()}
)
"""(domain, operator): what the export of the reviewed estimators consists of."""

MAX_NODES = 1000
_MAX_DEPTH = 4
_MODEL_GRAPH, _MODEL_FUNCTIONS = 7, 25
_GRAPH_NODE, _GRAPH_INITIALIZER = 1, 5
_NODE_OPERATOR, _NODE_ATTRIBUTE, _NODE_DOMAIN = 4, 5, 7
_ATTRIBUTE_TENSOR, _ATTRIBUTE_GRAPH, _ATTRIBUTE_TENSORS, _ATTRIBUTE_GRAPHS = 5, 6, 10, 11
_TENSOR_EXTERNAL, _TENSOR_LOCATION = 13, 14
# An attribute's numbers, each with its key: field 7 with four bytes, field 8 with a varint. A
# forest has a million of them, so runs are skipped by the regular expression engine.
_NUMBERS = re.compile(rb"(?:\x3d.{4})+|(?:\x40[\x80-\xff]{0,9}[\x00-\x7f])+", re.DOTALL)
_RUN_BYTES = 64 * 1024
"""Bytes skipped at once: between runs, other threads get their turn."""


def check_graph(model: bytes) -> None:
    """Returns where the model holds reviewed operators and its own weights only.

    Raises:
        Refused: otherwise, and for bytes that are no ONNX model.
    """
    graphs = 0
    for field, value in _fields(memoryview(model)):
        if field == _MODEL_FUNCTIONS:
            raise Refused("the model defines functions of its own; export it anew")
        if field == _MODEL_GRAPH and isinstance(value, memoryview):
            graphs += 1
            _check_nodes(value, depth=0)
    if graphs != 1:
        raise Refused("the file is no ONNX model; export it anew")


def _check_nodes(graph: memoryview, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise Refused("the model nests graphs too deeply; export it anew")
    nodes = 0
    for field, value in _fields(graph):
        if field == _GRAPH_INITIALIZER:
            _check_tensor(value)
        elif field == _GRAPH_NODE:
            nodes += 1
            _check_node(value, depth)
    if not 0 < nodes <= MAX_NODES:
        raise Refused(f"the model's graph has {nodes} nodes, not 1 to {MAX_NODES}; export it anew")


def _check_node(node: memoryview | int, depth: int) -> None:
    operator = domain = ""
    for field, value in _fields(node):
        if field == _NODE_OPERATOR:
            operator = _text(value)
        elif field == _NODE_DOMAIN:
            domain = _text(value)
        elif field == _NODE_ATTRIBUTE:
            for inner, part in _fields(value, numbers=False):
                if inner in (_ATTRIBUTE_TENSOR, _ATTRIBUTE_TENSORS):
                    _check_tensor(part)
                elif inner in (_ATTRIBUTE_GRAPH, _ATTRIBUTE_GRAPHS):
                    _check_nodes(_message(part), depth + 1)
    if ("" if domain == "ai.onnx" else domain, operator) not in OPERATORS:
        raise Refused(f"the model holds the operator {operator[:50]!r}, which is not reviewed")


def _check_tensor(tensor: memoryview | int) -> None:
    for field, value in _fields(tensor):
        if field == _TENSOR_EXTERNAL or (field == _TENSOR_LOCATION and value != 0):
            raise Refused("the model's weights lie in another file; export it with them inside")


def _message(value: memoryview | int) -> memoryview:
    if isinstance(value, int):
        raise Refused("the file is no ONNX model; export it anew")
    return value


def _text(value: memoryview | int) -> str:
    return bytes(_message(value)).decode("utf-8", "replace")


def _fields(
    value: memoryview | int, numbers: bool = True
) -> Iterator[tuple[int, memoryview | int]]:
    """The fields of a message: number, and bytes for what has a length, else a number.

    Without `numbers`, an attribute's lists of numbers are left out.
    """
    message, position = _message(value), 0
    while position < len(message):
        if not numbers and (run := _NUMBERS.match(message, position, position + _RUN_BYTES)):
            position = run.end()
            continue
        key, position = _varint(message, position)
        field, wire = key >> 3, key & 7
        if wire == 0:
            number, position = _varint(message, position)
            yield field, number
            continue
        if wire == 2:
            length, position = _varint(message, position)
        elif wire in (1, 5):
            length = 8 if wire == 1 else 4
        else:
            raise Refused("the file is no ONNX model; export it anew")
        if length > len(message) - position:
            raise Refused("the file is a truncated ONNX model; export it anew")
        if wire == 2:
            yield field, message[position : position + length]
        position += length


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    number = shift = 0
    while position < len(message) and shift < 64:
        byte = message[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, position
        shift += 7
    raise Refused("the file is a truncated ONNX model; export it anew")
