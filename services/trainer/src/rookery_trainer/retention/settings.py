"""Settings of retention: what is kept, and the identity by which the rest is removed."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from rookery_core.settings import PostgresSettings


class RetentionSettings(BaseSettings):
    """What retention keeps (`ROOKERY_RETENTION_*`)."""

    model_config = SettingsConfigDict(env_prefix="ROOKERY_RETENTION_", frozen=True)

    keep_versions: int = Field(default=5, ge=1)
    """The newest versions of each model that stay, whatever their age."""
    min_age_days: float = Field(default=30.0, ge=0)
    """Days that every sweep stays after its last run ended."""
    artifacts: str = Field(default="s3://mlflow", pattern=r"^s3://[^/]+(/[^/]+)*$")
    """Where the MLflow server keeps its proxied artifacts: its `--artifacts-destination`."""


class MlflowPostgresSettings(PostgresSettings):
    """MLflow's own role at the server of its database (`ROOKERY_MLFLOW_POSTGRES_*`)."""

    model_config = SettingsConfigDict(env_prefix="ROOKERY_MLFLOW_POSTGRES_", frozen=True)
