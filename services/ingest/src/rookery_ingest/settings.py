"""Settings of the ingest Job alone."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class IngestSettings(BaseSettings):
    """How long the Job waits (`ROOKERY_INGEST_*`)."""

    model_config = SettingsConfigDict(env_prefix="ROOKERY_INGEST_", frozen=True)

    source_idle_seconds: float = 20.0
    """Seconds without a byte after which a source counts as hanging."""
    source_seconds: float = 3600.0
    """Seconds that reading the whole source may take."""
    lock_seconds: float = 60.0
    """Seconds to wait for another ingest of the same model."""
    database_wait: float = Field(default=300.0, ge=0)
    """Seconds to wait at the start for PostgreSQL, and for what the bootstrap makes there."""
