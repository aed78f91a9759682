"""Settings of the trainer's commands."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class TrainerSettings(BaseSettings):
    """How patient the trainer is and what it uses (`ROOKERY_TRAINER_*`)."""

    model_config = SettingsConfigDict(env_prefix="ROOKERY_TRAINER_", frozen=True)

    sweep_id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    """Names the sweep: whoever comes with the same id continues it. Made up where absent."""
    processes: int | None = Field(default=None, ge=1)
    """Worker processes, one thread each; by default one per CPU this process may use."""
    data_wait: float = Field(default=600.0, ge=0)
    """Seconds to wait for a first completed batch."""
    outage_wait: float = Field(default=300.0, ge=0)
    """Seconds to wait for PostgreSQL or MLflow while one of them is away."""
    lock_wait: float = Field(default=3600.0, ge=0)
    """Seconds to wait for another live process of the same sweep."""
