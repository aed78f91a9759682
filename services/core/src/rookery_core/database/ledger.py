"""The ledger of promotions: what was decided, begun and done, in the order of its epochs.

Rows are only ever added. A change of the champion is an intent, written before the registry's
aliases move, and an outcome, written after. Epochs of a model are 1, 2, 3, ... without a gap, and a
new one begins only when the last has its outcome: the database refuses everything else.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL
from sqlalchemy.schema import CreateIndex, CreateTable

from rookery_core.database.ledger_triggers import APPEND_ONLY, IN_ORDER, ONE_DECISION
from rookery_core.database.names import LEDGER_SCHEMA

LEDGER_OWNER = "ledger_owner"
"""The role that owns the schema; it cannot log in."""
LEDGER_WRITER = "trainer"
"""The role that adds rows; it can neither change nor remove one."""
LEDGER_READERS = ("notebook",)

PROMOTION = "promotion"
ROLLBACK = "rollback"
REINSTATEMENT = "reinstatement"
COMMITTED = "committed"
ABANDONED = "abandoned"

_metadata = MetaData(schema=LEDGER_SCHEMA)


def _recorded() -> tuple[Column[object], Column[object]]:
    """Makes the columns when and by which role a row was added; only the server fills them."""
    return (
        Column(
            "recorded_at",
            DateTime(timezone=True),
            nullable=False,
            server_default=func.clock_timestamp(),
        ),
        Column("recorded_by", Text, nullable=False, server_default=text("session_user")),
    )


def _reasoned() -> tuple[Column[str], Column[str], Column[object], CheckConstraint]:
    """Makes the columns which rule decided, why, and on what figures."""
    return (
        Column("rule", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("evidence", JSONB, nullable=False),
        CheckConstraint("jsonb_typeof(evidence) = 'object'", name="evidence_is_an_object"),
    )


intents = Table(
    "intents",
    _metadata,
    Column("model", Text, primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("version", Integer, nullable=False, comment="the version that becomes champion"),
    Column("replaces", Integer, comment="the champion until then; null for the first"),
    Column("sweep_id", Text, nullable=False, comment="the sweep whose winner the version is"),
    *_reasoned(),
    *_recorded(),
    CheckConstraint(f"kind IN ('{PROMOTION}', '{ROLLBACK}', '{REINSTATEMENT}')", name="kind_known"),
    CheckConstraint("epoch > 0 AND version > 0", name="counted_from_one"),
    CheckConstraint("replaces IS DISTINCT FROM version", name="replaces_another"),
    CheckConstraint(
        f"kind <> '{ROLLBACK}' OR replaces IS NOT NULL", name="rollback_replaces_a_version"
    ),
)
"""A change of the champion that was decided and begun.

A version is known by its number and its sweep: numbers begin again after somebody deletes the
registered model, sweeps do not.
"""

outcomes = Table(
    "outcomes",
    _metadata,
    Column("model", Text, primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False),
    *_recorded(),
    ForeignKeyConstraint(["model", "epoch"], [intents.c.model, intents.c.epoch], name="of_intent"),
    CheckConstraint(f"outcome IN ('{COMMITTED}', '{ABANDONED}')", name="outcome_known"),
)
"""How an intent ended; the primary key allows one each."""

rejections = Table(
    "rejections",
    _metadata,
    Column("model", Text, primary_key=True),
    Column("sweep_id", Text, primary_key=True),
    Column("version", Integer, nullable=False, comment="the version that was not promoted"),
    Column("champion", Integer, comment="the version it was compared with; null where none"),
    *_reasoned(),
    *_recorded(),
    CheckConstraint("version > 0", name="counted_from_one"),
)
"""A sweep whose challenger the gate rejected."""

bars = Table(
    "bars",
    _metadata,
    Column("model", Text, primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False, comment="the rollback's"),
    Column("version", Integer, nullable=False),
    Column("sweep_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    *_recorded(),
    ForeignKeyConstraint(
        ["model", "epoch"], [intents.c.model, intents.c.epoch], name="of_rollback"
    ),
)
"""Sweeps whose version was rolled back: it serves again only if a person reinstates it."""

repairs = Table(
    "repairs",
    _metadata,
    Column("model", Text, primary_key=True),
    Column("repair", BigInteger, Identity(always=True), primary_key=True),
    Column("alias", Text, nullable=False),
    Column("found", Integer, comment="the version the alias named; null where it was absent"),
    Column("rightful", Integer, comment="the version it names now; null where it was removed"),
    *_recorded(),
    CheckConstraint("found IS DISTINCT FROM rightful", name="found_wrong"),
)
"""Aliases that disagreed with the ledger: set by hand, or by a holder of the lock that was late."""

LEDGER_TABLES = (intents, outcomes, rejections, bars, repairs)

_one_promotion_a_sweep = Index(
    "one_promotion_a_sweep",
    intents.c.model,
    intents.c.sweep_id,
    unique=True,
    postgresql_where=intents.c.kind == literal_column(f"'{PROMOTION}'"),
)

_OWNER = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{LEDGER_OWNER}') THEN
        CREATE ROLE {LEDGER_OWNER} NOLOGIN NOINHERIT;
    END IF;
    -- An administrator who is no superuser may give things only to a role it is a member of.
    IF NOT pg_has_role(current_user, '{LEDGER_OWNER}', 'USAGE') THEN
        EXECUTE 'GRANT {LEDGER_OWNER} TO ' || quote_ident(current_user);
    END IF;
END $$
"""


def _append_only(table: Table) -> tuple[str, ...]:
    """Returns the statements that make a table append-only, and set its owner and grants."""
    name = f"{LEDGER_SCHEMA}.{table.name}"
    # The columns that the server fills are not granted: nobody can back-date a row.
    given = ", ".join(c.name for c in table.columns if c.server_default is None)
    return (
        f"CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {name} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {LEDGER_SCHEMA}.refuse_change()",
        # ALWAYS: not even session_replication_role switches the trigger off.
        f"ALTER TABLE {name} ENABLE ALWAYS TRIGGER append_only",
        f"ALTER TABLE {name} OWNER TO {LEDGER_OWNER}",
        f"REVOKE ALL ON {name} FROM PUBLIC",
        f"GRANT SELECT, INSERT ({given}) ON {name} TO {LEDGER_WRITER}",
        *(f"GRANT SELECT ON {name} TO {reader}" for reader in LEDGER_READERS),
    )


def _check(table: str, function: str, when: str = "") -> str:
    return (
        f"CREATE OR REPLACE TRIGGER {function} BEFORE INSERT ON {LEDGER_SCHEMA}.{table} "
        f"FOR EACH ROW {when} EXECUTE FUNCTION {LEDGER_SCHEMA}.{function}()"
    )


def _sql(element: CreateTable | CreateIndex) -> str:
    dialect = URL.create("postgresql+psycopg2").get_dialect()()
    return str(element.compile(dialect=dialect)).strip()


LEDGER_DDL: tuple[str, ...] = (
    _OWNER,
    f"CREATE SCHEMA IF NOT EXISTS {LEDGER_SCHEMA} AUTHORIZATION {LEDGER_OWNER}",
    *(_sql(CreateTable(table, if_not_exists=True)) for table in LEDGER_TABLES),
    _sql(CreateIndex(_one_promotion_a_sweep, if_not_exists=True)),
    APPEND_ONLY,
    IN_ORDER,
    ONE_DECISION,
    _check("intents", "require_order"),
    _check("intents", "require_one_decision", f"WHEN (NEW.kind = '{PROMOTION}')"),
    _check("rejections", "require_one_decision"),
    *(statement for table in LEDGER_TABLES for statement in _append_only(table)),
    *(
        f"ALTER FUNCTION {LEDGER_SCHEMA}.{function}() OWNER TO {LEDGER_OWNER}"
        for function in ("refuse_change", "require_order", "require_one_decision")
    ),
    f"GRANT USAGE ON SCHEMA {LEDGER_SCHEMA} TO {', '.join((LEDGER_WRITER, *LEDGER_READERS))}",
)
"""Idempotent statements for an administrator of `processed_data`, once the login roles exist."""
