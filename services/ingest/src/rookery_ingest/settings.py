"""Settings of the ingest Job alone."""

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from rookery_core.connection_failure import FIRST_CONNECTION_SECONDS
from rookery_ingest.source_addresses import SETTING, listed


class IngestSettings(BaseSettings):
    """How long the Job waits, and where it may connect (`ROOKERY_INGEST_*`)."""

    model_config = SettingsConfigDict(
        env_prefix="ROOKERY_INGEST_", frozen=True, validate_by_name=True, validate_by_alias=True
    )

    source_allowed: str = Field(default="", validation_alias=SETTING)
    """Where an `http` or `https` source may be, beside public addresses (`ROOKERY_SOURCE_ALLOWED`):
    host names, addresses and networks, each with or without `:PORT`, separated by commas."""
    source_idle_seconds: float = 20.0
    """Seconds without a byte after which a source counts as hanging."""
    source_seconds: float = 3600.0
    """Seconds that reading the whole source may take."""
    first_connection_seconds: float = Field(default=FIRST_CONNECTION_SECONDS, ge=0)
    """Seconds for which the first connection to a source is tried again when it fails."""
    lock_seconds: float = 60.0
    """Seconds to wait for another ingest of the same model."""
    database_wait: float = Field(default=300.0, ge=0)
    """Seconds to wait at the start for PostgreSQL, and for what the bootstrap makes there."""

    @field_validator("source_allowed")
    @classmethod
    def _is_a_list(cls, text: str) -> str:
        listed(text)
        return text
