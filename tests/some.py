"""What a test goes through: an empty collection would let it pass without testing."""

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def some(found: Iterable[T], when: bool = True) -> list[T]:
    """Returns all of `found`. Fails if it is empty, or, where not `when`, if it is not."""
    listed = list(found)
    assert bool(listed) == when, (
        f"{len(listed)} found, where there must be {'some' if when else 'none'}"
    )
    return listed
