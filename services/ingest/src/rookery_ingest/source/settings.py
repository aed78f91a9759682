"""Settings of sources: where they may be, and how long reading one may take."""

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from rookery_core.connection_failure import FIRST_CONNECTION_SECONDS
from rookery_ingest.source.addresses import SETTING, listed


class SourceSettings(BaseSettings):
    """Where the Job may connect to a source, and for how long (`ROOKERY_INGEST_*`)."""

    model_config = SettingsConfigDict(
        env_prefix="ROOKERY_INGEST_", frozen=True, validate_by_name=True, validate_by_alias=True
    )

    source_allowed: str = Field(default="", validation_alias=SETTING)
    """Where an `http` or `https` source may be, besides public addresses
    (`ROOKERY_SOURCE_ALLOWED`): host names, addresses and networks, each with or without `:PORT`,
    separated by commas."""
    source_idle_seconds: float = 20.0
    """Seconds without a byte after which a source counts as hanging."""
    source_seconds: float = 3600.0
    """Seconds that reading the whole source may take."""
    reader_bytes: int | None = Field(default=None, gt=0)
    """Bytes of memory that the reader of a Parquet file or a query may have. Where absent, up to
    2 GiB by the size of the file, within what the container has left."""
    first_connection_seconds: float = Field(default=FIRST_CONNECTION_SECONDS, ge=0)
    """Seconds for which the first connection to a source is tried again when it fails."""

    @field_validator("source_allowed")
    @classmethod
    def _is_a_list(cls, text: str) -> str:
        listed(text)
        return text
