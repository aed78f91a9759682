"""The databases, asked in the pod of PostgreSQL."""

import json
from datetime import datetime
from typing import Any, NamedTuple

from tests.e2e.support.cluster import Namespace

from rookery_core.database.names import LEDGER_SCHEMA, PROCESSED

# The administrator's password is in the container's environment; where the socket is, is not.
ASK = (
    'PGPASSWORD=$POSTGRES_PASSWORD exec psql -XAt -h 127.0.0.1 -U "$POSTGRES_USER" -d "$1" -c "$2"'
)


class Change(NamedTuple):
    """One line of the ledger: a change of the champion."""

    epoch: int
    kind: str
    version: str
    replaces: str | None
    sweep_id: str
    rule: str
    outcome: str | None
    begun: float
    """Seconds since 1970, when the champion was about to change."""
    ended: float | None


def query(namespace: Namespace, database: str, statement: str) -> list[dict[str, Any]]:
    """Returns the rows of a SELECT."""
    rows = f"SELECT coalesce(json_agg(found), '[]') FROM ({statement}) AS found"
    server = ("exec", "deployment/postgresql", "-c", "postgresql", "--")
    told = namespace.kubectl(*server, "sh", "-c", ASK, "psql", database, rows)
    found: list[dict[str, Any]] = json.loads(told)
    return found


def count(namespace: Namespace, database: str, table: str) -> int:
    """Counts the rows of a table."""
    ((found,),) = (
        row.values() for row in query(namespace, database, f"SELECT count(*) FROM {table}")
    )
    return int(found)


def changes(namespace: Namespace, model: str) -> list[Change]:
    """Reads the changes of the model's champion from the ledger, in the order of their epochs."""
    statement = (
        "SELECT epoch, kind, version, replaces, sweep_id, i.rule, outcome, "
        "i.recorded_at AS begun, o.recorded_at AS ended "
        f"FROM {LEDGER_SCHEMA}.intents i LEFT JOIN {LEDGER_SCHEMA}.outcomes o USING (model, epoch) "
        f"WHERE model = '{model}' ORDER BY epoch"
    )
    return [
        Change(
            epoch=row["epoch"],
            kind=row["kind"],
            version=str(row["version"]),
            replaces=None if row["replaces"] is None else str(row["replaces"]),
            sweep_id=row["sweep_id"],
            rule=row["rule"],
            outcome=row["outcome"],
            begun=_moment(row["begun"]),
            ended=_moment(row["ended"]) if row["ended"] else None,
        )
        for row in query(namespace, PROCESSED, statement)
    ]


def _moment(stamp: str) -> float:
    return datetime.fromisoformat(stamp).timestamp()
