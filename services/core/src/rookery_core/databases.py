"""The databases, their schemas and roles, and how to connect."""

from sqlalchemy import URL, Engine, create_engine

from rookery_core.settings import PostgresSettings

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
    """The table of a model: its name with `_` for `-` (a model's name never holds `_`)."""
    return model.replace("-", "_")


def database_url(settings: PostgresSettings, database: str) -> URL:
    """The SQLAlchemy address of a database."""
    return URL.create(
        "postgresql+psycopg2",
        username=settings.user,
        password=settings.password.get_secret_value(),
        host=settings.host,
        port=settings.port,
        database=database,
        query={
            "sslmode": settings.sslmode,
            "connect_timeout": str(settings.connect_timeout),
            "keepalives_idle": "30",
            "keepalives_interval": "10",
            "keepalives_count": "3",
        },
    )


def engine(settings: PostgresSettings, database: str) -> Engine:
    """An engine whose connections are checked before use."""
    return create_engine(database_url(settings, database), pool_pre_ping=True)
