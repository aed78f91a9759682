"""The columns in which the rows of a batch are stored: all of the table that any sweep may read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    Text,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from rookery_core.database.packs import Pack, packs
from rookery_core.database.rows_as_of import HELD, rows_as_of
from rookery_core.database.tables import BATCH, IDENTITY, ROW_ID, has_identity
from rookery_core.spec.columns import AnyColumn, BooleanColumn, CategoryColumn, NumberColumn
from rookery_core.spec.model_spec import ModelSpec


@dataclass(frozen=True)
class RowColumn:
    """A column of the stored rows."""

    name: str
    type: pa.DataType
    """In Parquet."""

    @property
    def text_type(self) -> pa.DataType:
        """The type as which PostgreSQL's text for the column is read."""
        if pa.types.is_binary(self.type):
            return pa.string()  # hexadecimal
        return pa.int64() if pa.types.is_timestamp(self.type) else self.type

    def in_query(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Makes what PostgreSQL is asked for: hashes in hexadecimal, moments in microseconds."""
        if pa.types.is_binary(self.type):
            return func.encode(column, "hex")
        if pa.types.is_timestamp(self.type):
            return cast(func.extract("epoch", column) * 1_000_000, BigInteger)
        return column


def row_columns(spec: ModelSpec) -> list[RowColumn]:
    """Lists the columns: the row's id, the spec's columns, and what says where a row belongs.

    They depend on the table alone, so that specs of one table read the same files.
    """
    return [*_of_origin(spec), *(RowColumn(each.name, _type(each)) for each in spec.columns)]


def own_row_columns(spec: ModelSpec) -> list[RowColumn]:
    """Lists those of them that are columns of the table."""
    packed = {column.name for pack in packs(spec) for column in pack.columns}
    return [column for column in row_columns(spec) if column.name not in packed]


def rows_query(spec: ModelSpec, watermark: int) -> Select[Any]:
    """Selects the table's columns of the rows as of that batch, by ascending row id.

    Each pack is a text: a line of CSV.
    """
    columns, arrays = own_row_columns(spec), packs(spec)
    names = [column.name for column in columns if column.name != HELD]
    names += [pack.name for pack in arrays]
    rows = rows_as_of(spec, watermark, names).subquery()
    asked = [column.in_query(rows.c[column.name]).label(column.name) for column in columns]
    lines = [_line(pack, rows).label(pack.name) for pack in arrays]
    return select(*asked, *lines).order_by(rows.c[ROW_ID])


def _line(pack: Pack, rows: Subquery) -> ColumnElement[str]:
    """Makes a line of CSV of the values of a pack."""
    array = rows.c[pack.name]
    [first, *_] = pack.columns
    if isinstance(first, NumberColumn | BooleanColumn):
        return func.array_to_string(array, ",", "", type_=Text)
    values = func.unnest(array).table_valued("value", with_ordinality="place").render_derived()
    one = values.c.value
    if isinstance(first, CategoryColumn):
        cell = literal('"').concat(func.replace(one, '"', '""')).concat('"')
    else:
        cell = cast(RowColumn(first.name, _type(first)).in_query(cast(one, pack.type)), Text)
    joined = func.string_agg(
        func.coalesce(cell, ""), aggregate_order_by(literal(","), values.c.place)
    )
    return select(joined).select_from(values).correlate(rows).scalar_subquery()


def _of_origin(spec: ModelSpec) -> Iterator[RowColumn]:
    yield RowColumn(ROW_ID, pa.binary())
    if spec.spec == 2:
        yield RowColumn(BATCH, pa.int64())
        yield RowColumn(HELD, pa.bool_())
    if has_identity(spec):
        yield RowColumn(IDENTITY, pa.binary())


def _type(column: AnyColumn) -> pa.DataType:
    match column:
        case NumberColumn():
            return pa.float64()
        case CategoryColumn():
            return pa.string()
        case BooleanColumn():
            return pa.bool_()
        case _:
            return pa.timestamp("us", tz="UTC" if column.zone is not None else None)
