"""The text of a spec with some values changed; comments and layout stay as a person wrote them."""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from rookery_core.errors import Refused
from rookery_core.spec.bounded_yaml import NotYaml, read_yaml

Path = tuple[str, ...]
"""The keys that lead to a value, the outermost first."""


def changed(text: str, values: Mapping[Path, str | int], origin: str) -> str:
    """Writes each value at its path into the text, and changes nothing else.

    A key that is missing is added to its mapping, which has to be there: at the end of the text, or
    in front of the others of an inner mapping.

    Raises:
        Refused: the text is not YAML, or its layout hides where a value stands.
    """
    for path, value in values.items():
        text = _changed(text, path, value, origin)
    return text


def _changed(text: str, path: Path, value: str | int, origin: str) -> str:
    try:
        before = read_yaml(text)
    except NotYaml as error:
        raise Refused(f"{origin} is not YAML that can be read: {error}; mend the file") from None
    written = _written(text, path, json.dumps(value, ensure_ascii=False))
    if written is None or not _is(written, _with(before, path, value)):
        place = ".".join(path)
        raise Refused(f"{place} of {origin} can't be changed here; set it to {value!r} by hand")
    return written


def _is(text: str, document: Any) -> bool:
    try:
        return bool(read_yaml(text) == document)
    except NotYaml:
        return False


def _with(document: Any, path: Path, value: str | int) -> Any:
    """Returns the document with the value at the path; None where its mapping is missing."""
    if not isinstance(document, dict):
        return None
    first, *rest = path
    return {**document, first: _with(document.get(first), tuple(rest), value) if rest else value}


def _written(text: str, path: Path, value: str) -> str | None:
    # Not the C loader: the places of its nodes are not those of a Python text.
    node = yaml.compose(text, yaml.SafeLoader)
    for key in path[:-1]:
        node = _at(node, key)
    if not isinstance(node, yaml.MappingNode) or not node.value:
        return None
    if (old := _at(node, path[-1])) is not None:
        start, end = old.start_mark.index, old.end_mark.index
        return f"{text[:start]}{value}{text[end:]}"
    if len(path) == 1 and not node.flow_style:
        return f"{text.rstrip()}\n{path[0]}: {value}\n"
    first = node.value[0][0].start_mark
    separator = ", " if node.flow_style else f"\n{' ' * first.column}"
    return f"{text[: first.index]}{path[-1]}: {value}{separator}{text[first.index :]}"


def _at(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)
