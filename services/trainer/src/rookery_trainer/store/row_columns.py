"""The columns in which the rows of a batch are stored: all of the table that any sweep may read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from sqlalchemy import BigInteger, ColumnElement, Select, cast, func, select

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


def rows_query(spec: ModelSpec, watermark: int) -> Select[Any]:
    """Selects the columns of the rows as of that batch, by ascending row id."""
    columns = row_columns(spec)
    names = [column.name for column in columns if column.name != HELD]
    rows = rows_as_of(spec, watermark, names).subquery()
    asked = [column.in_query(rows.c[column.name]).label(column.name) for column in columns]
    return select(*asked).order_by(rows.c[ROW_ID])


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
