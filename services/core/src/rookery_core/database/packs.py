"""Packs: the values of a table that is too wide for a column each.

PostgreSQL holds 1,600 columns and 8 KiB of a row in place. In a table that would need more, all
values of one kind are one array, which the server stores out of the row where it is large. Target
and hold-out have columns all the same: the side of a row is dealt by them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, Boolean, Column, DateTime, Double, Text
from sqlalchemy.types import TypeEngine

from rookery_core.spec.columns import AnyColumn, BooleanColumn, CategoryColumn, NumberColumn
from rookery_core.spec.model_spec import ModelSpec


@dataclass(frozen=True, slots=True)
class Pack:
    """Values of one kind, in one column."""

    name: str
    type: TypeEngine[Any]
    """Of each value."""
    columns: tuple[AnyColumn, ...]
    """Whose values they are, in their order."""

    @property
    def column(self) -> Column[object]:
        """Makes the column of the table."""
        return Column(self.name, ARRAY(self.type, dimensions=1), nullable=False)


def packs(spec: ModelSpec) -> tuple[Pack, ...]:
    """Lists the packs of a spec's table; none where each value has a column."""
    kinds: dict[str, tuple[TypeEngine[Any], list[AnyColumn]]] = {}
    for column in _packed(spec):
        name, kind = _kind(column)
        kinds.setdefault(name, (kind, []))[1].append(column)
    return tuple(Pack(name, kind, tuple(columns)) for name, (kind, columns) in kinds.items())


def own_columns(spec: ModelSpec) -> tuple[AnyColumn, ...]:
    """Lists the columns of a spec that are columns of its table."""
    packed = {column.name for column in _packed(spec)}
    return tuple(column for column in spec.columns if column.name not in packed)


def sql_type(column: AnyColumn) -> TypeEngine[Any]:
    """Returns the type of a column's values in PostgreSQL."""
    return _kind(column)[1]


def _packed(spec: ModelSpec) -> Iterator[AnyColumn]:
    if spec.is_packed:
        own = {spec.target, spec.holdout.column}
        yield from (column for column in spec.columns if column.name not in own)


def _kind(column: AnyColumn) -> tuple[str, TypeEngine[Any]]:
    match column:
        case NumberColumn():
            return "_numbers", Double()
        case CategoryColumn():
            return "_labels", Text()
        case BooleanColumn():
            return "_booleans", Boolean()
        case _ if column.zone is None:
            return "_moments", DateTime()
        case _:
            return "_zoned_moments", DateTime(timezone=True)
