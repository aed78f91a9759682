"""Tombstones: keys that were forgotten, so that no source brings their rows back.

A tombstone is an HMAC (RFC 2104) of a key's hash. Its secret is in the same database, so that a
backup holds both; only ingest may read it. Nobody can tell from a tombstone whose it is.
"""

import hmac
import secrets
from dataclasses import dataclass

import numpy as np
from psycopg2.sql import SQL, Composed, Literal
from sqlalchemy import Boolean, CheckConstraint, Column, LargeBinary, MetaData, Table, Text, select
from sqlalchemy.dialects.postgresql import insert

from rookery_core.database.names import PROCESSED_SCHEMA
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.load.database import Database
from rookery_ingest.parsing.record_form import RecordForm
from rookery_ingest.parsing.records import Records
from rookery_ingest.rows.row_hash import RowHasher
from rookery_ingest.rows.rows import RowReader

_metadata = MetaData(schema=PROCESSED_SCHEMA)
_tombstones = Table(
    "_tombstones",
    _metadata,
    Column("model", Text, primary_key=True),
    Column("tombstone", LargeBinary, primary_key=True),
)
_secrets = Table(
    "_tombstone_secret",
    _metadata,
    Column("one", Boolean, CheckConstraint("one"), primary_key=True, server_default="true"),
    Column("secret", LargeBinary, nullable=False),
)
_BLOCK_BYTES = 64
_CLOSE = """
DO $$ BEGIN
    IF EXISTS (
        SELECT FROM pg_roles WHERE rolname IN ('trainer', 'notebook')
            AND has_table_privilege(rolname, 'processed._tombstone_secret', 'SELECT')
    ) THEN
        REVOKE ALL ON processed._tombstone_secret FROM PUBLIC, trainer, notebook;
    END IF;
END $$
"""
"""The statement after which only ingest can read the secret."""


@dataclass(frozen=True)
class Tombstones:
    """The tombstones of a model whose spec has a key."""

    spec: ModelSpec
    secret: bytes
    known: frozenset[bytes]

    def of(self, key_hash: bytes) -> bytes:
        """Returns the tombstone of a key."""
        return hmac.digest(self.secret, key_hash, "sha256")

    def of_column(self, column: Composed) -> Composed:
        """Returns the same of a column of hashes, as an expression of the database."""
        padded = self.secret.ljust(_BLOCK_BYTES, b"\0")
        inner, outer = (bytes(each ^ pad for each in padded) for pad in (0x36, 0x5C))
        return SQL("sha256({} || sha256({} || {}))").format(Literal(outer), Literal(inner), column)

    def listed(self) -> Composed:
        """Returns the known ones as an array of the database."""
        return SQL("ARRAY[{}]::bytea[]").format(SQL(", ").join(map(Literal, sorted(self.known))))

    def kept(self, header: str, name: str, form: RecordForm) -> "KeyFilter":
        """Returns what leaves out the forgotten ones among the records below a header."""
        return KeyFilter(self, header, name, form)


class KeyFilter:
    """Tells records apart by whether their key was forgotten."""

    def __init__(self, tombstones: Tombstones, header: str, name: str, form: RecordForm) -> None:
        spec = tombstones.spec
        columns = tuple(column for column in spec.columns if column.name in spec.key)
        keys = spec.model_copy(update={"columns": columns, "extra_columns": "keep"})
        self._tombstones = tombstones
        self._reader = RowReader(keys, header, name, form)
        self._hasher = RowHasher(keys, spec.key)

    def forgotten(self, records: Records) -> set[int]:
        """Returns the lines of the records whose key was forgotten."""
        rows, _ = self._reader.read(records)
        hashes = [each.tobytes() for each in self._hasher.hash(rows)] if len(rows) else []
        known = np.array([self._tombstones.of(each) in self._tombstones.known for each in hashes])
        return set(rows.lines[known].tolist()) if hashes else set()

    def kept(self, records: Records) -> Records:
        """Returns the other records."""
        lines = self.forgotten(records)
        if not lines:
            return records
        kept = [at for at, line in enumerate(records.lines) if line not in lines]
        return Records([records.lines[at] for at in kept], [records.texts[at] for at in kept])


def tombstones(database: Database, spec: ModelSpec) -> Tombstones:
    """Reads the tombstones of the model, and makes the secret where there is none yet."""
    database.create(_metadata, _CLOSE)
    with database.transaction() as connection:
        made = insert(_secrets).values(secret=secrets.token_bytes(32)).on_conflict_do_nothing()
        connection.execute(made)
        secret = connection.scalar(select(_secrets.c.secret))
        mine = select(_tombstones.c.tombstone).where(_tombstones.c.model == spec.name)
        found = frozenset(bytes(each) for each in connection.scalars(mine))
    assert secret is not None
    return Tombstones(spec, bytes(secret), found)


def bury(database: Database, spec: ModelSpec, key_hash: bytes) -> Tombstones:
    """Adds the tombstone of a key; returns all of the model."""
    before = tombstones(database, spec)
    values = {"model": spec.name, "tombstone": before.of(key_hash)}
    with database.transaction() as connection:
        connection.execute(insert(_tombstones).values(values).on_conflict_do_nothing())
    return tombstones(database, spec)
