"""Places in a YAML text: where a key of a document stands, and how its value is written."""

from collections.abc import Sequence
from dataclasses import dataclass

import yaml


@dataclass(frozen=True)
class Place:
    """Where a value stands in its text."""

    line: int
    """Counted from 1."""
    column: int
    """Counted from 1."""
    written: str | None
    """The value as it is written, without quotes; None for a list or a mapping."""


class Places:
    """Finds values in one text, that was read without a fault."""

    def __init__(self, text: str) -> None:
        self._root = yaml.compose(text, yaml.CSafeLoader)

    def of(self, path: Sequence[str | int]) -> Place | None:
        """Returns the place of the value at this path, or of the nearest one round it.

        Steps that the document lacks are passed over: a validator's path also names the kind of a
        column. None if the text holds nothing.
        """
        node = self._root
        for step in path:
            node = _child(node, step) or node
        if node is None:
            return None
        written = node.value if isinstance(node, yaml.ScalarNode) else None
        return Place(node.start_mark.line + 1, node.start_mark.column + 1, written)


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        items: list[yaml.Node] = node.value
        return items[step] if step < len(items) else None
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == step:
                found: yaml.Node = value
                return found
    return None
