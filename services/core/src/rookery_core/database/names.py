"""Names of the databases, their schemas, roles and tables."""

RAW = "raw_data"
PROCESSED = "processed_data"
MLFLOW = "mlflow_db"

ROLE_INGEST = "ingest"
"""Owns the tables of raw and processed data."""
ROLE_TRAINER = "trainer"
"""Reads processed data and adds to the ledger."""
ROLE_MLFLOW = "mlflow"
"""Owns `mlflow_db`, and reaches nothing else."""
ROLE_NOTEBOOK = "notebook"
"""Reads both data databases."""
LOGIN_ROLES = (ROLE_INGEST, ROLE_TRAINER, ROLE_MLFLOW, ROLE_NOTEBOOK)

RAW_SCHEMA = "raw"
"""Of database `raw_data`, owned by role `ingest`."""
PROCESSED_SCHEMA = "processed"
"""Of database `processed_data`, owned by role `ingest`."""
LEDGER_SCHEMA = "ledger"
"""Of database `processed_data`, owned by a role that cannot log in."""


def table_name(model: str) -> str:
    """Returns the name of a model's table: its own with `_` for `-` (which it never holds)."""
    return model.replace("-", "_")
