"""The attributes of a node, as an operator reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from onnx import AttributeProto

from rookery_core.errors import Refused
from rookery_runtime.graph.abstract_tensors import Whole
from rookery_runtime.graph.messages import Attribute, Texts

INT, FLOAT, STRING = int(AttributeProto.INT), int(AttributeProto.FLOAT), int(AttributeProto.STRING)
INTS, FLOATS = int(AttributeProto.INTS), int(AttributeProto.FLOATS)
STRINGS, GRAPH = int(AttributeProto.STRINGS), int(AttributeProto.GRAPH)
LARGEST = 1 << 31
"""Beyond any index or identity of a reviewed model; the runtime's own are of 32 bits in places."""
LOADING = {INTS: 24, FLOATS: 12, STRINGS: 240}
"""Bytes that the runtime takes for each value of a list while it loads it: measured, rounded up."""


@dataclass(frozen=True)
class Attributes:
    """The attributes of one node."""

    operator: str
    found: Mapping[str, Attribute] = field(repr=False)

    def __contains__(self, name: object) -> bool:
        return name in self.found

    @property
    def loading(self) -> int:
        """Bytes that the runtime takes for the lists while it loads them, about."""
        listed = (a for a in self.found.values() if a.kind in LOADING)
        return sum(LOADING[attribute.kind] * len(attribute.value) for attribute in listed)

    def integer(self, name: str, default: int) -> int:
        """Answers the whole number of that name."""
        return int(self.found[name].value) if name in self.found else default

    def count(self, name: str) -> int:
        """Answers the number of values in the list of that name; 0 where it is absent."""
        return len(self.found[name].value) if name in self.found else 0

    def integers(self, name: str) -> Whole:
        """Answers the list of whole numbers of that name; empty where it is absent.

        Raises:
            Refused: where one is beyond what any index may be.
        """
        if name not in self.found:
            return np.empty(0, np.int64)
        numbers: Whole = self.found[name].value
        if len(numbers) and not -LARGEST < numbers.min() <= numbers.max() < LARGEST:
            raise self.refused(f"has numbers beyond any index in {name}")
        return numbers

    def texts(self, name: str) -> Texts:
        """Answers the list of texts of that name; empty where it is absent."""
        none = Texts((), np.empty(0, np.int32))
        return self.found[name].value if name in self.found else none

    def one_of(self, name: str, default: str, allowed: frozenset[str]) -> str:
        """Answers the text of that name, which is one of `allowed`.

        Raises:
            Refused: where it is another.
        """
        given = self.found[name].value if name in self.found else default.encode()
        value = bytes(given).decode("utf-8", "replace")
        if value not in allowed:
            raise self.refused(f"has {name} = {value[:50]!r}, which is not reviewed")
        return value

    def refused(self, why: str) -> Refused:
        """Answers the refusal of the model for what this node has."""
        return Refused(f"an operator {self.operator} of the model {why}; export it anew")
