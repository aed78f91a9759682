"""The table of raw batches: which sources are stored, and how."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg2.sql import SQL, Composable, Literal
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Index,
    MetaData,
    SmallInteger,
    Table,
    Text,
    and_,
    delete,
    func,
    literal_column,
    select,
)

from rookery_core.database.names import RAW_SCHEMA
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.load.database import Database
from rookery_ingest.load.pg_copy import run
from rookery_ingest.parsing.record_form import RecordForm, stored_form

_metadata = MetaData(schema=RAW_SCHEMA)
raw_batches = Table(
    "batches",
    _metadata,
    Column("model", Text, primary_key=True),
    Column("batch", BigInteger, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False, comment="the address, without what may be secret"),
    Column("source_digest", Text, nullable=False, comment="SHA-256 of the source's bytes or rows"),
    Column("source_bytes", BigInteger, nullable=False),
    Column("header", Text, nullable=False, comment="the header record, verbatim"),
    Column("records", BigInteger, nullable=False, comment="how many, without the header"),
    Column("refused", Text, comment="why no row of it was accepted; null where some were or may"),
    Column("stored_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("form", Text, comment="how records are split; null for CSV with commas"),
    Column("spec", SmallInteger, nullable=False, server_default="1", comment="its version"),
    Column("before", BigInteger, comment="the batch from which its difference is stored"),
)
# Under `spec: 2` a source that comes back after another one is a batch of its own.
Index(
    "stored_once",
    raw_batches.c.model,
    raw_batches.c.source_digest,
    unique=True,
    postgresql_where=raw_batches.c.spec == literal_column("1"),
)
RAW_UPGRADE = f"""
DO $$ BEGIN
    IF NOT EXISTS (
        SELECT FROM information_schema.columns
        WHERE table_schema = '{RAW_SCHEMA}' AND table_name = 'batches' AND column_name = 'spec'
    ) THEN
        ALTER TABLE {RAW_SCHEMA}.batches
            ADD COLUMN form TEXT,
            ADD COLUMN before BIGINT,
            ADD COLUMN spec SMALLINT NOT NULL DEFAULT 1,
            DROP CONSTRAINT stored_once;
        CREATE UNIQUE INDEX stored_once
            ON {RAW_SCHEMA}.batches (model, source_digest) WHERE spec = 1;
    END IF;
END $$
"""
"""Gives a table of the first release the columns of today; run again, it changes nothing."""


ERASURE = "erasure"
"""The form of a batch that has no records."""


_QUOTED = re.compile(r"line \d+: .*", re.DOTALL)


def unquoted(refused: str) -> str:
    """Returns the reason of a refused batch without the record that it quotes."""
    return _QUOTED.sub("the quoted record was forgotten", refused)


@dataclass(frozen=True, slots=True)
class RawBatch:
    """A source as it was stored, whole."""

    number: int
    source: str
    digest: str
    header: str
    records: int
    refused: str | None
    stored_form: str | None = None
    before: int | None = None
    """The batch from which its difference is stored; None where it is stored whole."""

    @property
    def form(self) -> RecordForm:
        """Returns how its records are split."""
        return stored_form(self.stored_form)

    @property
    def is_erasure(self) -> bool:
        """Tells whether the batch brought nothing, and erased what was forgotten."""
        return self.stored_form == ERASURE


@dataclass(frozen=True, slots=True)
class Before:
    """The last completed batch, from which a difference may be stored."""

    number: int
    bad: frozenset[int]
    """Its lines that are in quarantine: they have to be read again."""


class RawBatches:
    """The raw batches of one model."""

    def __init__(self, spec: ModelSpec) -> None:
        self._spec = spec

    def prepare(self, database: Database) -> None:
        """Makes the table where it is missing."""
        database.create(_metadata, RAW_UPGRADE)

    def read(self, connection: Connection) -> list[RawBatch]:
        """Reads every batch, oldest first."""
        columns = ("batch", "source", "source_digest", "header", "records", "refused", "form")
        query = select(*(raw_batches.c[name] for name in (*columns, "before")))
        mine = query.where(raw_batches.c.model == self._spec.name).order_by(raw_batches.c.batch)
        return [RawBatch(*row) for row in connection.execute(mine)]

    def add(self, connection: Connection, batch: RawBatch, source_bytes: int) -> None:
        """Adds a batch, of which nothing is refused yet."""
        connection.execute(
            raw_batches.insert().values(
                model=self._spec.name,
                batch=batch.number,
                source=batch.source,
                source_digest=batch.digest,
                source_bytes=source_bytes,
                header=batch.header,
                records=batch.records,
                form=batch.stored_form,
                spec=self._spec.spec,
                before=batch.before,
            )
        )

    def refuse(self, connection: Connection, batch: RawBatch, reason: str) -> None:
        """Marks the batch: none of its rows was accepted."""
        update = raw_batches.update().where(self._is(batch))
        connection.execute(update.values(refused=reason))

    def remove(self, connection: Connection, batch: RawBatch) -> None:
        """Removes the batch from the table."""
        connection.execute(delete(raw_batches).where(self._is(batch)))

    def count_records(self, connection: Connection, view: Composable) -> None:
        """Writes how many records each batch has now in the view of them."""
        run(connection, SQL(_COUNT).format(view=view, model=Literal(self._spec.name)))

    def holding(self, known: list[RawBatch]) -> list[RawBatch]:
        """Selects the batches whose source, were it given again, would change nothing."""
        accepted = [batch for batch in known if not batch.refused]
        return accepted[-1:] if self._spec.spec == 2 else accepted

    def _is(self, batch: RawBatch) -> ColumnElement[bool]:
        """Returns the condition that selects the batch."""
        return and_(raw_batches.c.model == self._spec.name, raw_batches.c.batch == batch.number)


def next_number(known: Sequence[RawBatch]) -> int:
    """Returns the number of the batch after these."""
    return 1 + max((batch.number for batch in known), default=0)


_COUNT = """
UPDATE raw.batches b SET records = n.records
FROM (SELECT batch, count(*) AS records FROM {view} GROUP BY batch) AS n
WHERE b.model = {model} AND b.batch = n.batch AND b.records <> n.records
"""
