"""Settings of the bucket in which the rows of batches are kept."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class SnapshotSettings(BaseSettings):
    """Where the rows of a batch are kept for later sweeps (`ROOKERY_SNAPSHOT_*`)."""

    model_config = SettingsConfigDict(env_prefix="ROOKERY_SNAPSHOT_", frozen=True)

    bucket: str = ""
    """The bucket, in the store of `ROOKERY_S3_*`. Where empty, every sweep reads PostgreSQL."""
    kept: int = Field(default=2, ge=1)
    """How many batches of a model are kept: the newest."""
