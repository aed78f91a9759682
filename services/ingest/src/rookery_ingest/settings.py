"""Settings of the ingest Job alone."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from rookery_ingest.source.settings import SourceSettings


class IngestSettings(SourceSettings):
    """How long the Job waits, and where its source may be (`ROOKERY_INGEST_*`)."""

    lock_seconds: float = 60.0
    """Seconds to wait for another ingest of the same model."""
    database_wait: float = Field(default=300.0, ge=0)
    """Seconds to wait at the start for PostgreSQL, and for what the bootstrap makes there."""


class ForgetSettings(BaseSettings):
    """Which row is forgotten, where no argument says it (`ROOKERY_FORGET_*`).

    The arguments of a process are seen by all users of a machine, and kept with a Job.
    """

    model_config = SettingsConfigDict(env_prefix="ROOKERY_FORGET_", frozen=True)

    key: tuple[str, ...] = ()
    """The values of the row's key, in the order of the spec's `key`, as a JSON list."""
