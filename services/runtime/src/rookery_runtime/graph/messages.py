"""An ONNX file, read: every field that is set is one that is understood.

What the graph is rebuilt from is read here and nowhere else. A field that would change what the
graph does and is not understood is refused, one that says nothing of it (a text, a name) is left
out. The file is split into its nodes, attributes and weights (`wire`), and each of those is read by
the package onnx by itself: read at once, a forest would take many times its own size. The fields
are those of onnx.proto (https://github.com/onnx/onnx).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from math import prod
from typing import Any, TypeVar

import numpy as np
from google.protobuf.message import DecodeError, Message
from google.protobuf.unknown_fields import UnknownFieldSet
from numpy.typing import NDArray
from onnx import (
    AttributeProto,
    GraphProto,
    ModelProto,
    NodeProto,
    OperatorSetIdProto,
    TensorProto,
    ValueInfoProto,
)

from rookery_core.errors import Refused
from rookery_runtime.graph.abstract_tensors import BOOL, DOUBLE, FLOAT, INT32, INT64, MAX_DIMENSIONS
from rookery_runtime.graph.wire import Value, fields

MAX_ENTRIES = 10_000
"""The most entries of one field of a graph or a node."""
_TEXTS = frozenset({"doc_string", "metadata_props"})
_UNDERSTOOD: Mapping[type[Message], frozenset[str]] = {
    ModelProto: frozenset({"ir_version", "opset_import", "graph"}),
    GraphProto: frozenset({"node", "initializer", "input", "output"}),
    NodeProto: frozenset({"input", "output", "op_type", "domain", "attribute"}),
}
_LEFT_OUT: Mapping[type[Message], frozenset[str]] = {
    ModelProto: _TEXTS | {"producer_name", "producer_version", "domain", "model_version"},
    GraphProto: _TEXTS | {"name", "value_info"},
    NodeProto: _TEXTS | {"name"},
}
_EXTERNAL = "the model's weights lie in another file; export it with them inside"
_SPARSE = "the model has sparse weights; export it with dense ones"
_REASONS = {
    "functions": "the model defines functions of its own; export it anew",
    "sparse_initializer": _SPARSE,
}
_VALUES: Mapping[int, str] = {
    AttributeProto.FLOAT: "f",
    AttributeProto.INT: "i",
    AttributeProto.STRING: "s",
    AttributeProto.FLOATS: "floats",
    AttributeProto.INTS: "ints",
    AttributeProto.STRINGS: "strings",
}
_DATA: Mapping[int, tuple[str, np.dtype[Any]]] = {
    FLOAT: ("float_data", np.dtype("<f4")),
    DOUBLE: ("double_data", np.dtype("<f8")),
    INT64: ("int64_data", np.dtype("<i8")),
    INT32: ("int32_data", np.dtype("<i4")),
    BOOL: ("int32_data", np.dtype("u1")),
}
_Parsed = TypeVar("_Parsed", bound=Message)


@dataclass(frozen=True)
class Texts:
    """A list of texts, each by its number among the distinct ones."""

    distinct: tuple[bytes, ...]
    numbers: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass(frozen=True)
class Attribute:
    """An attribute of a node."""

    kind: int
    value: Any = field(repr=False)
    """A number, a text, an array of numbers, `Texts`, or the bytes of a graph."""
    written: bytes = field(repr=False)
    """The attribute as it is written anew; empty for a graph, which is its reader's to write."""


@dataclass(frozen=True)
class Model:
    """A file's parts."""

    opsets: list[OperatorSetIdProto]
    graph: memoryview


@dataclass(frozen=True)
class Graph:
    """A graph's parts."""

    nodes: list[memoryview]
    weights: list[memoryview]
    inputs: list[ValueInfoProto]
    outputs: list[ValueInfoProto]


@dataclass(frozen=True)
class Node:
    """A node's parts."""

    domain: str
    operator: str
    inputs: list[str]
    outputs: list[str]
    attributes: dict[str, Attribute]


def read_model(content: bytes) -> Model:
    """Reads an ONNX file.

    Raises:
        Refused: for bytes that are none, and for fields that are not understood.
    """
    parts = _split(memoryview(content), ModelProto)
    if not parts["graph"]:
        raise Refused("the file is no ONNX model; export it anew")
    opsets = [_parse(part, OperatorSetIdProto) for part in parts["opset_import"]]
    return Model(opsets, _bytes(parts["graph"][0]))


def read_graph(content: memoryview) -> Graph:
    """Reads a graph of the file, as `read_model` reads the file."""
    parts = _split(content, GraphProto)
    return Graph(
        nodes=[_bytes(part) for part in parts["node"]],
        weights=[_bytes(part) for part in parts["initializer"]],
        inputs=[_parse(part, ValueInfoProto) for part in parts["input"]],
        outputs=[_parse(part, ValueInfoProto) for part in parts["output"]],
    )


def read_node(content: memoryview) -> Node:
    """Reads a node and its attributes, as `read_model` reads the file."""
    parts = _split(content, NodeProto)
    attributes: dict[str, Attribute] = {}
    for part in parts["attribute"]:
        name, attribute = _read_attribute(_bytes(part))
        if name in attributes:
            raise Refused(f"the attribute {name[:50]!r} is given twice; export the model anew")
        attributes[name] = attribute
    domain, operator = (
        _text(parts[name][0]) if parts[name] else "" for name in ("domain", "op_type")
    )
    return Node(
        domain="" if domain == "ai.onnx" else domain,
        operator=operator,
        inputs=[_text(part) for part in parts["input"]],
        outputs=[_text(part) for part in parts["output"]],
        attributes=attributes,
    )


def read_weights(content: memoryview) -> tuple[TensorProto, NDArray[np.generic]]:
    """Reads a dense tensor: its name and kind, and as many elements as its dimensions say.

    Raises:
        Refused: for weights elsewhere, of another kind, or of another number.
    """
    tensor = _parse(content, TensorProto)
    if tensor.data_location != TensorProto.DEFAULT or len(tensor.external_data):
        raise Refused(_EXTERNAL)
    if tensor.data_type not in _DATA:
        raise Refused("the model has weights of a kind that is not reviewed; export it anew")
    name, kind = _DATA[tensor.data_type]
    _check_only(
        tensor, {"dims", "data_type", "name", "doc_string", "raw_data", "data_location", name}
    )
    dims = tuple(tensor.dims)
    if len(dims) > MAX_DIMENSIONS or any(length < 1 for length in dims):
        raise Refused("the model has weights of a shape that is not reviewed; export it anew")
    typed, raw = getattr(tensor, name), tensor.raw_data
    size = len(raw) or len(typed) * kind.itemsize
    if (raw and len(typed)) or size != prod(dims) * kind.itemsize:
        raise Refused("the model has weights of another size than their shape; export it anew")
    flat = np.frombuffer(raw, kind) if raw else np.fromiter(typed, kind, len(typed))
    if tensor.data_type == BOOL and flat.max() > 1:
        raise Refused("the model has weights that are neither true nor false; export it anew")
    described = TensorProto(name=tensor.name, data_type=tensor.data_type, dims=dims)
    return described, flat.reshape(dims)


def _split(content: memoryview, kind: type[Message]) -> dict[str, list[Value]]:
    """Lists the values of each understood field by its name; leaves out what says nothing."""
    described = kind.DESCRIPTOR.fields_by_number
    parts: dict[str, list[Value]] = {name: [] for name in _UNDERSTOOD[kind]}
    for number, value in fields(content):
        if number not in described:
            raise _undefined(kind.__name__)
        name = described[number].name
        if name in _LEFT_OUT[kind]:
            continue
        if name not in parts:
            raise _not_reviewed(name, kind.__name__)
        limit = MAX_ENTRIES if described[number].is_repeated else 1
        if len(parts[name]) >= limit:
            raise Refused(f"a {kind.__name__} of the model has more than {limit} {name[:50]!r}")
        parts[name].append(value)
    return parts


def _read_attribute(content: memoryview) -> tuple[str, Attribute]:
    if (body := _body(content)) is not None:
        return body
    attribute = _parse(content, AttributeProto)
    name = _VALUES.get(attribute.type)
    if name is None:
        if attribute.type in (AttributeProto.SPARSE_TENSOR, AttributeProto.SPARSE_TENSORS):
            raise Refused(_SPARSE)
        raise Refused(
            f"the attribute {attribute.name[:50]!r} has a type that is not reviewed; export the "
            "model anew"
        )
    _check_only(attribute, {"name", "type", "doc_string", name})
    attribute.ClearField("doc_string")
    value: Any = getattr(attribute, name)
    if attribute.type == AttributeProto.FLOATS:
        value = np.fromiter(value, np.float32, len(value))
    elif attribute.type == AttributeProto.INTS:
        value = _narrowed(np.fromiter(value, np.int64, len(value)))
    elif attribute.type == AttributeProto.STRINGS:
        value = _texts(value)
    written = attribute.SerializeToString(deterministic=True)
    return attribute.name, Attribute(attribute.type, value, written)


def _body(content: memoryview) -> tuple[str, Attribute] | None:
    """Reads the attribute if it is a graph: it has few fields, however large it is."""
    few = list(islice(fields(content), 5))
    graphs = [value for number, value in few if number == AttributeProto.G_FIELD_NUMBER]
    if not graphs:
        return None
    rest = AttributeProto()
    for number, value in few:
        if number == AttributeProto.NAME_FIELD_NUMBER:
            rest.name = _text(value)
        elif number == AttributeProto.TYPE_FIELD_NUMBER and isinstance(value, int):
            rest.type = AttributeProto.GRAPH if value == AttributeProto.GRAPH else 0
    if len(few) != 3 or not rest.name or rest.type != AttributeProto.GRAPH:
        raise Refused("the model has an attribute with a graph that is not reviewed")
    return rest.name, Attribute(rest.type, _bytes(graphs[0]), b"")


def _narrowed(numbers: NDArray[np.int64]) -> NDArray[np.int64] | NDArray[np.int32]:
    """Keeps the same numbers in half the memory, if they fit."""
    few = np.iinfo(np.int32)
    fit = not len(numbers) or few.min <= numbers.min() <= numbers.max() <= few.max
    return numbers.astype(np.int32) if fit else numbers


def _texts(listed: Any) -> Texts:
    known: dict[bytes, int] = {}
    numbers = (known.setdefault(text, len(known)) for text in listed)
    return Texts(numbers=np.fromiter(numbers, np.int32, len(listed)), distinct=tuple(known))


def _parse(content: Value, kind: type[_Parsed]) -> _Parsed:
    message: _Parsed = kind()
    try:
        message.ParseFromString(_bytes(content))
    except DecodeError:
        raise Refused("the file is no ONNX model, or a truncated one; export it anew") from None
    for described in kind.DESCRIPTOR.fields:
        # A text that is none comes as bytes.
        text = described.type == described.TYPE_STRING and not described.is_repeated
        if text and not isinstance(getattr(message, described.name), str):
            raise Refused("the model has a name that is no text; export it anew")
    return message


def _check_only(message: Message, known: set[str]) -> None:
    for described, _ in message.ListFields():
        if described.name not in known:
            raise _not_reviewed(described.name, type(message).__name__)
    if len(UnknownFieldSet(message)):
        raise _undefined(type(message).__name__)


def _not_reviewed(name: str, kind: str) -> Refused:
    other = f"the model sets {name!r} of a {kind}, which is not reviewed; export it anew"
    return Refused(_REASONS.get(name, other))


def _undefined(kind: str) -> Refused:
    return Refused(f"a {kind} of the model has a field that ONNX does not define; export it anew")


def _bytes(value: Value) -> memoryview:
    if isinstance(value, int):
        raise Refused("the file is no ONNX model; export it anew")
    return value


def _text(value: Value) -> str:
    try:
        return bytes(_bytes(value)).decode()
    except UnicodeDecodeError:
        raise Refused("the model has a name that is no text; export it anew") from None
