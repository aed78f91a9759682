"""MLflow's database, migrated by one program at a time."""

import sys
from collections.abc import Mapping
from pathlib import Path

from rookery_core.finished_program import run_to_end

MIGRATION_LOCK = "rookery:mlflow-migration"
"""The lock of the database under which to migrate it."""
MIGRATE_SECONDS = 600


def migrate(
    uri: str, environment: Mapping[str, str] | None = None, directory: Path | None = None
) -> None:
    """Brings the database to the schema of this MLflow; to be called under the lock.

    `uri` has no password, because everybody can read arguments: libpq's PGPASSWORD has it.

    Raises:
        Unavailable: the migration failed or took too long; with what MLflow said.
    """
    run_to_end(
        [sys.executable, "-m", "mlflow", "db", "upgrade", uri],
        environment=environment,
        directory=directory,
        seconds=MIGRATE_SECONDS,
        failure="mlflow db upgrade failed",
    )
