"""MLflow's database, migrated by one program at a time."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from rookery_core.errors import Unavailable

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
    try:
        done = subprocess.run(
            [sys.executable, "-m", "mlflow", "db", "upgrade", uri],
            env=environment,
            cwd=directory,
            capture_output=True,
            text=True,
            timeout=MIGRATE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"mlflow db upgrade did not end in {MIGRATE_SECONDS} s") from None
    if done.returncode:
        raise Unavailable(f"mlflow db upgrade failed: {done.stderr.strip()[-2000:]}")
