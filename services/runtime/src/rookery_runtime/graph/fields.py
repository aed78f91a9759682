"""The fields of the messages of an ONNX file: those that are understood, and no others.

A field that would change what the graph does and is not understood is refused; one that says
nothing of it (a text, a name) is left out.
"""

from collections.abc import Mapping
from typing import TypeVar

from google.protobuf.message import DecodeError, Message
from google.protobuf.unknown_fields import UnknownFieldSet
from onnx import GraphProto, ModelProto, NodeProto

from rookery_core.errors import Refused
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
SPARSE = "the model has sparse weights; export it with dense ones"
_REASONS = {
    "functions": "the model defines functions of its own; export it anew",
    "sparse_initializer": SPARSE,
}
_Parsed = TypeVar("_Parsed", bound=Message)


def split_message(content: memoryview, kind: type[Message]) -> dict[str, list[Value]]:
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


def parse(content: Value, kind: type[_Parsed]) -> _Parsed:
    """Reads a message by the package onnx.

    Raises:
        Refused: for bytes that are none, and for names that are no texts.
    """
    message: _Parsed = kind()
    try:
        message.ParseFromString(bytes_of(content))
    except DecodeError:
        raise Refused("the file is no ONNX model, or a truncated one; export it anew") from None
    for described in kind.DESCRIPTOR.fields:
        # The package onnx gives a text that is not UTF-8 as bytes.
        text = described.type == described.TYPE_STRING and not described.is_repeated
        if text and not isinstance(getattr(message, described.name), str):
            raise Refused("the model has a name that is no text; export it anew")
    return message


def check_only(message: Message, known: set[str]) -> None:
    """Refuses a message that sets another field than those."""
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


def bytes_of(value: Value) -> memoryview:
    """Answers the bytes of a field that must not be a number."""
    if isinstance(value, int):
        raise Refused("the file is no ONNX model; export it anew")
    return value


def text_of(value: Value) -> str:
    """Reads the text of a field."""
    try:
        return bytes(bytes_of(value)).decode()
    except UnicodeDecodeError:
        raise Refused("the model has a name that is no text; export it anew") from None
