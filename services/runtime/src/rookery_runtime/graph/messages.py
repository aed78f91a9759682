"""An ONNX file, read: every field that is set is one that is understood.

What the graph is rebuilt from is read here, and its weights in `weights.py`. The file is split into
its nodes, attributes and weights (`wire.py`), and the package onnx reads each of those by itself:
read at once, a forest would take many times its own size. The fields are those of onnx.proto
(https://github.com/onnx/onnx).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import (
    AttributeProto,
    GraphProto,
    ModelProto,
    NodeProto,
    OperatorSetIdProto,
    ValueInfoProto,
)

from rookery_core.errors import Refused
from rookery_runtime.graph.fields import SPARSE, bytes_of, check_only, parse, split_message, text_of
from rookery_runtime.graph.wire import fields

_VALUES: Mapping[int, str] = {
    AttributeProto.FLOAT: "f",
    AttributeProto.INT: "i",
    AttributeProto.STRING: "s",
    AttributeProto.FLOATS: "floats",
    AttributeProto.INTS: "ints",
    AttributeProto.STRINGS: "strings",
}


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
    """The attribute as it is written again; empty for a graph, which the walk writes."""


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
    parts = split_message(memoryview(content), ModelProto)
    if not parts["graph"]:
        raise Refused("the file is no ONNX model; export it anew")
    opsets = [parse(part, OperatorSetIdProto) for part in parts["opset_import"]]
    return Model(opsets, bytes_of(parts["graph"][0]))


def read_graph(content: memoryview) -> Graph:
    """Reads a graph of the file, as `read_model` reads the file."""
    parts = split_message(content, GraphProto)
    return Graph(
        nodes=[bytes_of(part) for part in parts["node"]],
        weights=[bytes_of(part) for part in parts["initializer"]],
        inputs=[parse(part, ValueInfoProto) for part in parts["input"]],
        outputs=[parse(part, ValueInfoProto) for part in parts["output"]],
    )


def read_node(content: memoryview) -> Node:
    """Reads a node and its attributes, as `read_model` reads the file."""
    parts = split_message(content, NodeProto)
    attributes: dict[str, Attribute] = {}
    for part in parts["attribute"]:
        name, attribute = _read_attribute(bytes_of(part))
        if name in attributes:
            raise Refused(f"the attribute {name[:50]!r} is given twice; export the model anew")
        attributes[name] = attribute
    domain, operator = (
        text_of(parts[name][0]) if parts[name] else "" for name in ("domain", "op_type")
    )
    return Node(
        domain="" if domain == "ai.onnx" else domain,
        operator=operator,
        inputs=[text_of(part) for part in parts["input"]],
        outputs=[text_of(part) for part in parts["output"]],
        attributes=attributes,
    )


def _read_attribute(content: memoryview) -> tuple[str, Attribute]:
    if (body := _body(content)) is not None:
        return body
    attribute = parse(content, AttributeProto)
    name = _VALUES.get(attribute.type)
    if name is None:
        if attribute.type in (AttributeProto.SPARSE_TENSOR, AttributeProto.SPARSE_TENSORS):
            raise Refused(SPARSE)
        raise Refused(
            f"the attribute {attribute.name[:50]!r} has a type that is not reviewed; export the "
            "model anew"
        )
    check_only(attribute, {"name", "type", "doc_string", name})
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
            rest.name = text_of(value)
        elif number == AttributeProto.TYPE_FIELD_NUMBER and isinstance(value, int):
            rest.type = AttributeProto.GRAPH if value == AttributeProto.GRAPH else 0
    if len(few) != 3 or not rest.name or rest.type != AttributeProto.GRAPH:
        raise Refused("the model has an attribute with a graph that is not reviewed")
    return rest.name, Attribute(rest.type, bytes_of(graphs[0]), b"")


def _narrowed(numbers: NDArray[np.int64]) -> NDArray[np.int64] | NDArray[np.int32]:
    """Keeps the same numbers in half the memory, if they fit."""
    few = np.iinfo(np.int32)
    fit = not len(numbers) or few.min <= numbers.min() <= numbers.max() <= few.max
    return numbers.astype(np.int32) if fit else numbers


def _texts(listed: Any) -> Texts:
    known: dict[bytes, int] = {}
    numbers = (known.setdefault(text, len(known)) for text in listed)
    return Texts(numbers=np.fromiter(numbers, np.int32, len(listed)), distinct=tuple(known))
