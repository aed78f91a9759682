"""Grants: who owns what, and who may do what, in the databases, as idempotent SQL."""

from rookery_core.database.ledger import LEDGER_DDL
from rookery_core.database.names import (
    MLFLOW,
    PROCESSED,
    PROCESSED_SCHEMA,
    RAW,
    RAW_SCHEMA,
    ROLE_INGEST,
    ROLE_MLFLOW,
    ROLE_NOTEBOOK,
    ROLE_TRAINER,
)

DATABASES = (RAW, PROCESSED, MLFLOW)


def _connects(database: str, *roles: str) -> tuple[str, ...]:
    return (
        # PUBLIC may connect to every new database, and make temporary tables there.
        f"REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {database} TO {', '.join(roles)}",
    )


def _schema(name: str, owner: str, *readers: str) -> tuple[str, ...]:
    to = ", ".join(readers)
    later = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {name}"
    return (
        f"CREATE SCHEMA IF NOT EXISTS {name} AUTHORIZATION {owner}",
        f"GRANT USAGE ON SCHEMA {name} TO {to}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {name} TO {to}",
        f"{later} GRANT SELECT ON TABLES TO {to}",
    )


_CLOSE_PUBLIC = "REVOKE ALL ON SCHEMA public FROM PUBLIC"

GRANTS: dict[str, tuple[str, ...]] = {
    RAW: (
        *_connects(RAW, ROLE_INGEST, ROLE_NOTEBOOK),
        _CLOSE_PUBLIC,
        *_schema(RAW_SCHEMA, ROLE_INGEST, ROLE_NOTEBOOK),
    ),
    PROCESSED: (
        *_connects(PROCESSED, ROLE_INGEST, ROLE_TRAINER, ROLE_NOTEBOOK),
        # Rows are checked for duplicates in a temporary table before they enter their own.
        f"GRANT TEMPORARY ON DATABASE {PROCESSED} TO {ROLE_INGEST}",
        _CLOSE_PUBLIC,
        *_schema(PROCESSED_SCHEMA, ROLE_INGEST, ROLE_TRAINER, ROLE_NOTEBOOK),
        *LEDGER_DDL,
    ),
    MLFLOW: (
        *_connects(MLFLOW, ROLE_MLFLOW),
        # MLflow migrates its own tables, in the schema that it expects them in.
        _CLOSE_PUBLIC,
        f"GRANT ALL ON SCHEMA public TO {ROLE_MLFLOW}",
    ),
}
"""What an administrator runs in each database, once the login roles exist."""
