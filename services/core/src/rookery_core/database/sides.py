"""Sides: which rows of a model are held out, written down once and for all.

Under `spec: 2` ingest deals each new identity to a side, in the transaction of its batch, and
nothing moves it afterwards. An identity is what a side belongs to: a group, a key, a row, or the
features, of which several rows may have the same. With `by: time` only a cut is written.
"""

import hashlib
import json

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
from rookery_core.database.tables import batches
from rookery_core.spec.model_spec import ModelSpec

FEATURES, GROUP, KEY, ROW, TIME = "features", "group", "key", "row", "time"

schemes = Table(
    "_schemes",
    batches.metadata,
    Column("model", Text, primary_key=True),
    Column("scheme", BigInteger, primary_key=True, autoincrement=False),
    Column("identity", Text, nullable=False, comment="what a side belongs to"),
    Column("combinations", BigInteger, comment="different features in the first batch, if few"),
    Column("batch", BigInteger, nullable=False, comment="the first batch under this scheme"),
    Column("decided_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint(
        f"identity IN ('{FEATURES}', '{GROUP}', '{KEY}', '{ROW}', '{TIME}')", name="identity_known"
    ),
)
"""What the sides of a model belong to, for each way in which its specs have dealt them."""

cuts = Table(
    "_cuts",
    batches.metadata,
    Column("model", Text, primary_key=True),
    Column("scheme", BigInteger, primary_key=True, autoincrement=False),
    Column("batch", BigInteger, primary_key=True, autoincrement=False),
    Column("cut", Text, nullable=False, comment="rows later than this moment are held out"),
)
"""Where the hold-out begins, as of each batch, with `by: time`; it only moves forward."""


strata = Table(
    "_strata",
    batches.metadata,
    Column("model", Text, primary_key=True),
    Column("scheme", BigInteger, primary_key=True, autoincrement=False),
    Column("target", Text, primary_key=True),
    Column("bound", Double, primary_key=True, comment="the least number of a quantile"),
)
"""The quantiles of targets that are numbers, among whose rows sides are dealt."""


def sides_table(spec: ModelSpec) -> Table:
    """Describes the table of a model's sides; no model's own table begins with `_`."""
    return Table(
        f"_sides_{table_name(spec.name)}",
        MetaData(schema=PROCESSED_SCHEMA),
        Column("scheme", BigInteger, primary_key=True, autoincrement=False),
        Column("identity", LargeBinary, primary_key=True),
        Column("held", Boolean, nullable=False),
        Column("batch", BigInteger, nullable=False, comment="the batch that dealt it"),
        Column("rows", BigInteger, nullable=False, comment="how many rows it had in that batch"),
        Column(
            "stratum",
            Text,
            nullable=False,
            comment="the label, or quantile, among whose rows it was dealt",
        ),
    )


def scheme(spec: ModelSpec) -> int:
    """Returns the number of the way in which the spec deals sides, of 64 bits with a sign.

    Another way is another scheme, whose sides are dealt anew; a return to an earlier one finds the
    sides of then.
    """
    holdout, names = spec.sides
    text = json.dumps([holdout, identity_kind(spec), names], sort_keys=True)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)


def identity_kind(spec: ModelSpec) -> str:
    """Returns what a side belongs to, unless the features are too few to tell rows apart."""
    if spec.holdout.by == "hash":
        return KEY if spec.key else FEATURES
    return GROUP if spec.holdout.by == "group" else TIME
