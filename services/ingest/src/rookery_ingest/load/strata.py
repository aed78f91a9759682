"""Strata of a target that is a number: its quantiles, among whose rows identities are dealt.

So both sides have small numbers and large ones alike. The quantiles are written down with the first
batch that has rows enough, and later rows fall into them: a number of the largest one is above it
for ever.
"""

from psycopg2.sql import SQL, Composable, Literal
from sqlalchemy import Connection, insert, select

from rookery_core.database.sides import scheme as scheme_of
from rookery_core.database.sides import strata
from rookery_core.spec.model_spec import ModelSpec
from rookery_ingest.load.pg_copy import execute

MOST = 10
"""The most quantiles."""
LEAST_HELD = 5
"""Rows of each quantile that the hold-out is to have."""


def stratum(connection: Connection, spec: ModelSpec, names: dict[str, Composable]) -> Composable:
    """Returns the SQL of an identity's stratum; '' while there are too few rows for two."""
    bounds = _known(connection, spec) or _decided(connection, spec, names)
    if not bounds:
        return SQL("''")
    return SQL("'#' || width_bucket(avg({label}), {bounds}::double precision[])").format(
        label=names["label"], bounds=Literal(bounds)
    )


def _known(connection: Connection, spec: ModelSpec) -> list[float]:
    mine = (
        (strata.c.model == spec.name)
        & (strata.c.scheme == scheme_of(spec))
        & (strata.c.target == spec.target)
    )
    return list(connection.scalars(select(strata.c.bound).where(mine).order_by(strata.c.bound)))


def _decided(connection: Connection, spec: ModelSpec, names: dict[str, Composable]) -> list[float]:
    """Writes down the quantiles of the rows that there are now."""
    with execute(connection, SQL(_ROWS).format(**names)) as cursor:
        [(rows,)] = cursor.fetchall()
    number = min(MOST, int(rows * spec.holdout.fraction) // LEAST_HELD)
    if number < 2:
        return []
    shares = Literal([place / number for place in range(1, number)])
    with execute(connection, SQL(_BOUNDS).format(**names, shares=shares)) as cursor:
        bounds = sorted(bound for (bound,) in cursor.fetchall())
    mine = {"model": spec.name, "scheme": scheme_of(spec), "target": spec.target}
    connection.execute(insert(strata).values([{**mine, "bound": bound} for bound in bounds]))
    return bounds


_ROWS = "SELECT count(*) FROM {rows} WHERE {removed} IS NULL AND {label} IS NOT NULL"

_BOUNDS = """
SELECT DISTINCT unnest(
    percentile_disc({shares}::double precision[]) WITHIN GROUP (ORDER BY {label})
)
FROM {rows} WHERE {removed} IS NULL AND {label} IS NOT NULL
"""
