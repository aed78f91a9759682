"""Settings of the ingest Job alone."""

from pydantic import Field

from rookery_ingest.source.settings import SourceSettings


class IngestSettings(SourceSettings):
    """How long the Job waits, and where its source may be (`ROOKERY_INGEST_*`)."""

    lock_seconds: float = 60.0
    """Seconds to wait for another ingest of the same model."""
    database_wait: float = Field(default=300.0, ge=0)
    """Seconds to wait at the start for PostgreSQL, and for what the bootstrap makes there."""
