"""How the tasks of one computation are shared among processes."""

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


class Mapper(Protocol):
    """The built-in `map`, or that of a pool of processes: results in the order of the tasks."""

    def __call__(
        self, function: Callable[[Task], Result], tasks: Iterable[Task], /
    ) -> Iterable[Result]: ...
