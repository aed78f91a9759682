"""Settings of the backing services; each program reads those that it uses from the environment."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from rookery_core.secret import GivenSecret


class PostgresSettings(BaseSettings):
    """One PostgreSQL server and this program's role there (`ROOKERY_POSTGRES_*`)."""

    model_config = SettingsConfigDict(env_prefix="ROOKERY_POSTGRES_", frozen=True)

    host: str = "localhost"
    """Host name or address."""
    port: int = 5432
    """TCP port."""
    user: str
    """The role: `ingest`, `trainer`, `notebook`, or an administrator for the bootstrap."""
    password: GivenSecret
    """The role's password."""
    sslmode: str = "prefer"
    """libpq's sslmode."""
    connect_timeout: int = 5
    """Seconds until a connection attempt fails."""


class TrackingSettings(BaseSettings):
    """The MLflow server (`ROOKERY_MLFLOW_*`)."""

    model_config = SettingsConfigDict(env_prefix="ROOKERY_MLFLOW_", frozen=True)

    url: str = "http://localhost:5000"
    """The server's address, without a trailing slash."""
    username: str | None = None
    """User name where the server asks for one."""
    password: GivenSecret | None = None
    """Password where the server asks for one."""


class S3Settings(BaseSettings):
    """The object store (`ROOKERY_S3_*`)."""

    model_config = SettingsConfigDict(env_prefix="ROOKERY_S3_", frozen=True)

    endpoint_url: str | None = None
    """The endpoint; AWS itself where absent."""
    access_key: GivenSecret | None = None
    """Access key id; boto3's own chain where absent."""
    secret_key: GivenSecret | None = None
    """Secret access key."""
    region: str = "us-east-1"
    """Signing region."""


class CatalogSettings(BaseSettings):
    """Where specs beside the shipped ones are found (`ROOKERY_SPECS_*`)."""

    model_config = SettingsConfigDict(env_prefix="ROOKERY_SPECS_", frozen=True)

    directory: Path | None = None
    """A folder of model specs (`*.yaml`, `*.yml`); none where absent."""
