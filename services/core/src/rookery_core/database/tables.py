"""Tables of processed data: one for each model, its batches, and its quarantine."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
)

from rookery_core.database.names import PROCESSED_SCHEMA, table_name
from rookery_core.spec.columns import (
    BooleanColumn,
    CategoryColumn,
    DatetimeColumn,
    NumberColumn,
)
from rookery_core.spec.model_spec import ModelSpec

ROW_ID = "_row_id"
"""Primary key: a hash of the row's canonical content and its occurrence number, or of its key."""
BATCH = "_batch"
"""The batch that brought the row: an "as of" read takes rows with `_batch <= watermark`."""
LINE = "_line"
"""The row's line number in its source."""

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
    CheckConstraint("rows_in = loaded + duplicate + quarantined", name="rows_accounted_for"),
)
"""Each row is a completed batch; a model without one has no data yet."""

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
    those of the spec, or any where it lists none. NULL is a missing value.
    """
    table = Table(
        table_name(spec.name),
        MetaData(schema=PROCESSED_SCHEMA),
        Column(ROW_ID, LargeBinary, primary_key=True),
        Column(BATCH, BigInteger, nullable=False),
        Column(LINE, BigInteger, nullable=False),
    )
    for column in spec.columns:
        match column:
            case NumberColumn(name=name, bounds=(low, high)):
                data: Column[float] = Column(name, Double)
                table.append_column(data)
                table.append_constraint(
                    CheckConstraint(data.between(low, high), name=f"{name}_in_range")
                )
            case CategoryColumn(name=name):
                text: Column[str] = Column(name, Text)
                table.append_column(text)
                if not column.is_open:
                    table.append_constraint(
                        CheckConstraint(text.in_(column.labels), name=f"{name}_known")
                    )
            case BooleanColumn(name=name):
                table.append_column(Column(name, Boolean))
            case DatetimeColumn(name=name, zone=zone):
                table.append_column(Column(name, DateTime(timezone=zone is not None)))
    return table
