"""Tables of processed data: one for each model, its batches, and its quarantine."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
)

from rookery_core.database.names import PROCESSED_SCHEMA, table_name
from rookery_core.database.packs import own_columns, packs, sql_type
from rookery_core.spec.columns import AnyColumn, CategoryColumn, NumberColumn
from rookery_core.spec.model_spec import ModelSpec

ROW_ID = "_row_id"
"""A hash of the row's canonical content and its occurrence number, or of its key: the primary key,
under `spec: 2` together with `BATCH`."""
BATCH = "_batch"
"""The batch that brought the row."""
LINE = "_line"
"""The row's line number in the source of that batch."""
REMOVED_BATCH = "_removed_batch"
"""The batch that removed or replaced the row; null where none has. Only under `spec: 2`."""
CONTENT = "_content"
"""A hash of the whole row. Only under `spec: 2`, and where the spec has a key."""
IDENTITY = "_identity"
"""A salted hash of what decides the row's side: its group, or else its features. Only under
`spec: 2`; a row with a key is known by that, and time needs none."""

batches = Table(
    "batches",
    MetaData(schema=PROCESSED_SCHEMA),
    Column("model", Text, primary_key=True),
    Column("batch", BigInteger, primary_key=True, autoincrement=False),
    Column("table_digest", Text, nullable=False, comment="the spec's table_digest"),
    Column("source_digest", Text, nullable=False, comment="SHA-256 of the source's bytes"),
    Column("rows_in", BigInteger, nullable=False),
    Column("loaded", BigInteger, nullable=False),
    Column("duplicate", BigInteger, nullable=False),
    Column("quarantined", BigInteger, nullable=False),
    Column("total_rows", BigInteger, nullable=False, comment="rows of the model as of this batch"),
    Column("data_digest", Text, nullable=False, comment="content digest as of this batch"),
    Column("completed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("rows_before", BigInteger, comment="rows as of the batch before; null before 0.2.0"),
    Column("removed", BigInteger, nullable=False, server_default="0"),
    Column("forgotten", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("rows_in = loaded + duplicate + quarantined", name="rows_accounted_for"),
    CheckConstraint("total_rows = rows_before + loaded - removed - forgotten", name="rows_add_up"),
)
"""Each row is a completed batch; a model without one has no data yet."""

ERASURE_PREFIX = "erasure:"
"""How the source digest begins of a batch that has no source, and erases forgotten rows."""

BATCHES_UPGRADE = f"""
DO $$ BEGIN
    IF NOT EXISTS (
        SELECT FROM information_schema.columns
        WHERE table_schema = '{PROCESSED_SCHEMA}' AND table_name = 'batches'
            AND column_name = 'rows_before'
    ) THEN
        ALTER TABLE {PROCESSED_SCHEMA}.batches
            ADD COLUMN rows_before BIGINT,
            ADD COLUMN removed BIGINT NOT NULL DEFAULT 0,
            ADD COLUMN forgotten BIGINT NOT NULL DEFAULT 0,
            ADD CONSTRAINT rows_add_up
                CHECK (total_rows = rows_before + loaded - removed - forgotten);
    END IF;
END $$
"""
"""Gives a table of the first release the columns of today; run again, it changes nothing."""

quarantine = Table(
    "quarantine",
    batches.metadata,
    Column("model", Text, primary_key=True),
    Column("batch", BigInteger, primary_key=True, autoincrement=False),
    Column("line", BigInteger, primary_key=True, autoincrement=False),
    Column("reason", Text, nullable=False),
    Column("text", Text, nullable=False, comment="the record, cut where it is long"),
)
"""Records of completed batches that are not rows of their table, and why."""


def processed_table(spec: ModelSpec) -> Table:
    """Derives the table of a model's typed rows from its spec.

    A BETWEEN check keeps numbers within the spec's range; NaN and infinities fail it. Labels are
    those of the spec, where it lists them. NULL is a missing value. Of packed values
    only the number is checked: each check would read a whole array.
    """
    table = Table(table_name(spec.name), MetaData(schema=PROCESSED_SCHEMA), *_origin(spec))
    for column in own_columns(spec):
        data, check = _data(spec, column)
        table.append_column(data)
        if check is not None:
            table.append_constraint(check)
    for pack in packs(spec):
        table.append_column(pack.column)
        length = func.cardinality(table.c[pack.name]) == len(pack.columns)
        table.append_constraint(CheckConstraint(length, name=f"{pack.name}_complete"))
    return table


def values(spec: ModelSpec, table: Table) -> dict[str, ColumnElement[Any]]:
    """Returns what selects the values of each column, by name: of the spec, or of the table."""
    found: dict[str, ColumnElement[Any]] = {column.name: column for column in table.c}
    for pack in packs(spec):
        array = table.c[pack.name]
        for place, column in enumerate(pack.columns, 1):
            found[column.name] = array[place].label(column.name)
    return found


def has_identity(spec: ModelSpec) -> bool:
    """Tells whether rows have a hash of what decides their side."""
    by = spec.holdout.by
    return spec.spec == 2 and (by == "group" or (by == "hash" and not spec.key))


def _origin(spec: ModelSpec) -> list[Column[object]]:
    """Makes the columns that say where a row comes from, and what it is known by."""
    versioned = spec.spec == 2
    columns: list[Column[object]] = [
        Column(ROW_ID, LargeBinary, primary_key=True),
        Column(BATCH, BigInteger, nullable=False, primary_key=versioned, autoincrement=False),
        Column(LINE, BigInteger, nullable=False),
    ]
    if versioned:
        columns.append(Column(REMOVED_BATCH, BigInteger))
    if versioned and spec.key:
        columns.append(Column(CONTENT, LargeBinary, nullable=False))
    if has_identity(spec):
        columns.append(Column(IDENTITY, LargeBinary, nullable=False))
    return columns


def _data(spec: ModelSpec, column: AnyColumn) -> tuple[Column[object], CheckConstraint | None]:
    """Makes the column of a value, and the check that it is one of those the spec allows."""
    data = Column(column.name, sql_type(column))
    check: ColumnElement[bool] | None = None
    name = f"{column.name}_in_range"
    match column:
        case NumberColumn():
            check = data.between(*spec.bounds(column))
        case CategoryColumn() if column.labels:
            name, check = f"{column.name}_known", data.in_(column.labels)
        case _:
            pass
    return data, None if check is None else CheckConstraint(check, name=name)
