"""A model's rows as of one of its batches, each with its side."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Interval,
    Select,
    Table,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)

from rookery_core.database.sides import ROW, TIME, cuts, identity_kind, schemes, sides_table
from rookery_core.database.sides import scheme as scheme_of
from rookery_core.database.tables import (
    BATCH,
    IDENTITY,
    REMOVED_BATCH,
    ROW_ID,
    processed_table,
    values,
)
from rookery_core.spec.model_spec import ModelSpec

HELD = "_held"
"""The row's side: true where it is held out, false where it is trained on, null where it has none:
its target is missing, or with `by: time` its moment is, or lies within the embargo of the cut."""


def rows_as_of(spec: ModelSpec, watermark: int, names: Iterable[str]) -> Select[Any]:
    """Selects these columns of the rows that the table held when the batch was the last one.

    `names` are those of the spec, or of the table. Later batches change nothing about the rows.
    Under `spec: 2` the last column is `HELD`, as written down by ingest. With `by: group`,
    `IDENTITY` is the row's group.
    """
    table = processed_table(spec)
    found = values(spec, table)
    query = select(*(found[name] for name in names)).where(_as_of(table, watermark))
    if spec.spec == 1:
        return query
    is_known = table.c[spec.target].is_not(None)
    if identity_kind(spec) == TIME:
        side = _side_of_cut(spec, table, watermark)
    else:
        sides = sides_table(spec)
        of_row = and_(sides.c.scheme == scheme_of(spec), sides.c.identity == _identity(spec, table))
        query = query.outerjoin_from(table, sides, of_row)
        side = sides.c.held
    return query.add_columns(case((is_known, side)).label(HELD))


def count_as_of(spec: ModelSpec, watermark: int) -> Select[int]:
    """Selects how many rows the table held when the batch was the last one, less erased ones."""
    table = processed_table(spec)
    return select(func.count()).select_from(table).where(_as_of(table, watermark))


class ValuesAsOf:
    """Selects values of the rows that the table held when the batch was the last one."""

    def __init__(self, spec: ModelSpec, watermark: int) -> None:
        # Once: to describe a wide table takes long.
        table = processed_table(spec)
        self._values = values(spec, table)
        self._rows = _as_of(table, watermark)

    def of(self, names: Iterable[str]) -> Select[Any]:
        """Selects the values of these columns."""
        return select(*(self._values[name] for name in names)).where(self._rows)

    def known(self, name: str) -> Select[Any]:
        """Selects the values of a column, but missing ones."""
        return self.of([name]).where(self._values[name].is_not(None))


def _as_of(table: Table, watermark: int) -> ColumnElement[bool]:
    is_there = table.c[BATCH] <= watermark
    if REMOVED_BATCH not in table.c:
        return is_there
    removed = table.c[REMOVED_BATCH]
    return and_(is_there, or_(removed.is_(None), removed > watermark))


def _identity(spec: ModelSpec, table: Table) -> ColumnElement[Any]:
    """Returns what the row's side belongs to, as the scheme of the spec has recorded it."""
    if IDENTITY not in table.c:
        return table.c[ROW_ID]
    kind = (
        select(schemes.c.identity)
        .where(schemes.c.model == spec.name, schemes.c.scheme == scheme_of(spec))
        .scalar_subquery()
    )
    return case((kind == ROW, table.c[ROW_ID]), else_=table.c[IDENTITY])


def _side_of_cut(spec: ModelSpec, table: Table, watermark: int) -> ColumnElement[Any]:
    assert spec.holdout.column is not None
    moment = table.c[spec.holdout.column]
    last = (
        select(cuts.c.cut)
        .where(
            cuts.c.model == spec.name,
            cuts.c.scheme == scheme_of(spec),
            cuts.c.batch <= watermark,
        )
        .order_by(cuts.c.batch.desc())
        .limit(1)
        .scalar_subquery()
    )
    cut = cast(last, moment.type)
    embargo = literal(spec.holdout.embargo_time, Interval)
    return case((moment > cut, True), (moment <= cut - embargo, False), else_=null())
