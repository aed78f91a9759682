"""Dealing: each new identity of a batch is given a side, which it keeps for ever.

Identities are dealt in the order of their salted hashes, for each class or quantile by itself,
until the hold-out has its share. The database does it, in the transaction of the batch; the sides
of a first batch may have been dealt while its rows went by (`first_deal`).
"""

from contextlib import nullcontext

import structlog
from psycopg2.sql import SQL, Composable, Identifier, Literal
from sqlalchemy import Connection, Table, insert, select

from rookery_core.database.sides import (
    FEATURES,
    GROUP,
    KEY,
    ROW,
    TIME,
    cuts,
    identity_kind,
    schemes,
    sides_table,
)
from rookery_core.database.sides import scheme as scheme_of
from rookery_core.database.tables import BATCH, IDENTITY, REMOVED_BATCH, ROW_ID
from rookery_core.spec.model_spec import ModelSpec
from rookery_core.spec.rare_classes import Merge
from rookery_ingest.load.first_deal import FirstDeal
from rookery_ingest.load.merge import address
from rookery_ingest.load.pg_copy import copy, execute, run
from rookery_ingest.load.primary_key import built_last
from rookery_ingest.load.strata import stratum

FEW_COMBINATIONS = 100
"""With fewer different combinations of features in the first batch, each row has its own side."""


class Dealing:
    """The sides of the rows of one batch, within the transaction that adds them."""

    def __init__(self, connection: Connection, spec: ModelSpec, target: Table, batch: int) -> None:
        self._connection = connection
        self._spec = spec
        self._scheme = scheme_of(spec)
        self._batch = batch
        self._names: dict[str, Composable] = {
            "rows": address(target),
            "sides": address(sides_table(spec)),
            "label": Identifier(spec.target),
            "row_id": Identifier(ROW_ID),
            "identity": Identifier(IDENTITY),
            "of": Identifier(BATCH),
            "removed": Identifier(REMOVED_BATCH),
            "scheme": Literal(self._scheme),
            "batch": Literal(batch),
            "fraction": Literal(spec.holdout.fraction),
            "few": Literal(FEW_COMBINATIONS),
        }

    def deal(self, first: FirstDeal | None) -> None:
        """Gives a side to each identity of the batch that has a known target and no side yet.

        `first` has seen all rows, where the batch is the first of its table.
        """
        kind = self._kind()
        if kind == TIME:
            self._move_cut()
            return
        sides = sides_table(self._spec)
        is_first = self._connection.scalar(select(~select(sides.c.scheme).exists()))
        with built_last(self._connection, sides) if is_first else nullcontext():
            if is_first and first is not None and first.is_whole and kind in {FEATURES, GROUP}:
                found = first.encoded(first.deal(), self._scheme, self._batch)
                copy(self._connection, first.into(), found)
            else:
                self._deal_in_the_database(kind)

    def _deal_in_the_database(self, kind: str) -> None:
        by_row = kind in {KEY, ROW}
        salt = SQL("sha256({} || identity)").format(Literal(self._spec.holdout.salt.encode()))
        names = {
            **self._names,
            "own": SQL("t.{}").format(self._names["row_id" if by_row else "identity"]),
            # The hashes of features and groups are salted already.
            "order": salt if by_row else SQL("identity"),
            "stratum": self._stratum(kind),
        }
        run(self._connection, SQL(_DEAL).format(**names))

    def _stratum(self, kind: str) -> Composable:
        """Returns what identities are dealt for by themselves: each class, or each quantile."""
        # A group has rows of several classes, and numbers of several quantiles.
        if kind == GROUP:
            return SQL("''")
        if self._spec.task == "regression":
            return stratum(self._connection, self._spec, self._names)
        return SQL(_STRATUM).format(own=self._class())

    def _class(self) -> Composable:
        """Returns the SQL of what a row's label counts as, by `stratum_of`."""
        label = SQL("{label}::text").format(**self._names)
        rare = self._spec.rare
        if not isinstance(rare, Merge):
            return label
        return SQL("CASE WHEN {label} = ANY ({merged}) THEN {into} ELSE {label} END").format(
            label=label, merged=Literal(list(rare.merge)), into=Literal(rare.into)
        )

    def _kind(self) -> str:
        """Returns what sides belong to; decides it with the first batch that has rows."""
        mine = (schemes.c.model == self._spec.name) & (schemes.c.scheme == self._scheme)
        known: str | None = self._connection.scalar(select(schemes.c.identity).where(mine))
        if known is not None:
            return known
        kind, combinations = identity_kind(self._spec), None
        if kind == FEATURES:
            [(found,)] = self._fetch(_COMBINATIONS)
            if found < FEW_COMBINATIONS:
                kind, combinations = ROW, found
                structlog.get_logger().warning(
                    "coarse",
                    model=self._spec.name,
                    combinations=found,
                    reason=f"the rows have only {found} different combinations of features, so "
                    "each row has a side of its own, from now on; rows that are alike may be on "
                    "both sides",
                )
        values = {
            "model": self._spec.name,
            "scheme": self._scheme,
            "identity": kind,
            "combinations": combinations,
            "batch": self._batch,
        }
        self._connection.execute(insert(schemes).values(values))
        return kind

    def _move_cut(self) -> None:
        """Writes where the hold-out begins as of this batch: never earlier than before."""
        assert self._spec.holdout.column is not None
        mine = (cuts.c.model == self._spec.name) & (cuts.c.scheme == self._scheme)
        latest = select(cuts.c.cut).where(mine).order_by(cuts.c.batch.desc()).limit(1)
        names = {
            **self._names,
            "moment": Identifier(self._spec.holdout.column),
            "before": Literal(self._connection.scalar(latest)),
        }
        with execute(self._connection, SQL(_CUT).format(**names)) as cursor:
            [(cut,)] = cursor.fetchall()
        if cut is None:
            return
        values = {"model": self._spec.name, "scheme": self._scheme, "batch": self._batch}
        taken = select(cuts.c.cut).where(mine, cuts.c.batch == self._batch)
        # A rebuild finds the cuts that were written the first time.
        if self._connection.scalar(taken) is None:
            self._connection.execute(insert(cuts).values({**values, "cut": cut}))

    def _fetch(self, statement: str) -> list[tuple[int, ...]]:
        with execute(self._connection, SQL(statement).format(**self._names)) as cursor:
            return cursor.fetchall()


_COMBINATIONS = """
SELECT count(*) FROM (
    SELECT DISTINCT {identity} FROM {rows} WHERE {removed} IS NULL LIMIT {few}
) AS found
"""

_STRATUM = 'min({own} COLLATE "C")'

# `wanted` is how many rows the hold-out lacks of a class, over all that were ever dealt. What is
# larger than that goes to the training rows, unless nothing smaller is there; of the others, each
# is held out while half of it still fits. Counts are doubles: the server adds them faster.
_DEAL = """
WITH fresh AS (
    SELECT {own} AS identity, {stratum} AS stratum, count(*)::double precision AS rows
    FROM {rows} t
    WHERE t.{of} = {batch} AND t.{removed} IS NULL AND t.{label} IS NOT NULL
        AND NOT EXISTS (SELECT FROM {sides} s WHERE s.scheme = {scheme} AND s.identity = {own})
    GROUP BY 1
), dealt AS (
    SELECT stratum, sum(rows)::double precision AS rows,
        coalesce(sum(rows) FILTER (WHERE held), 0)::double precision AS held
    FROM {sides} WHERE scheme = {scheme} GROUP BY stratum
), weighed AS (
    SELECT identity, stratum, f.rows, min(f.rows) OVER of_class AS least,
        {fraction} * (sum(f.rows) OVER of_class + coalesce(d.rows, 0)) - coalesce(d.held, 0)
            AS wanted
    FROM fresh f LEFT JOIN dealt d USING (stratum)
    WINDOW of_class AS (PARTITION BY stratum)
), ranked AS (
    SELECT *, coalesce(sum(rows) FILTER (WHERE rows <= greatest(wanted, least)) OVER (
        PARTITION BY stratum ORDER BY {order}
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ), 0) AS before
    FROM weighed
)
INSERT INTO {sides} (scheme, identity, held, batch, rows, stratum)
SELECT {scheme}, identity, rows <= greatest(wanted, least) AND before + rows / 2 <= wanted,
    {batch}, rows, stratum
FROM ranked
"""

_CUT = """
SELECT greatest(
    percentile_disc(1 - {fraction}) WITHIN GROUP (ORDER BY {moment}),
    {before}
)::text
FROM {rows} WHERE {removed} IS NULL AND {label} IS NOT NULL AND {moment} IS NOT NULL
"""
