"""Settings of the trainer's commands."""

import re

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from rookery_core.errors import Refused
from rookery_trainer.share import Share


class TrainerSettings(BaseSettings):
    """What a trainer does of a sweep, and how long it waits (`ROOKERY_TRAINER_*`)."""

    model_config = SettingsConfigDict(env_prefix="ROOKERY_TRAINER_", frozen=True)

    sweep_id: str | None = None
    """Names the sweep: the same id again continues it. A random one where absent."""
    shard: int | None = Field(default=None, ge=0)
    """Which pod of an Indexed Job this is, from 0; absent where one pod does the whole sweep."""
    shards: int | None = Field(default=None, ge=1)
    """How many pods share the sweep."""
    processes: int | None = Field(default=None, ge=1)
    """Worker processes, one thread each; by default one per CPU this process may use."""
    data_wait: float = Field(default=600.0, ge=0)
    """Seconds to wait for a first completed batch, and for MLflow at the start."""
    outage_wait: float = Field(default=300.0, ge=0)
    """Seconds to wait for PostgreSQL or MLflow while one of them is away."""
    lock_wait: float = Field(default=3600.0, ge=0)
    """Seconds to wait for another live process of the same sweep."""


def checked_sweep_id(sweep_id: str) -> str:
    """Checks that the sweep id is fit for a tag and a search of runs.

    Raises:
        Refused: it is not.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", sweep_id):
        raise Refused(
            f"the sweep id {sweep_id!r} is not made of 1 to 64 letters, digits, '.', '_' and '-'; "
            "give another"
        )
    return sweep_id


def checked_share(settings: TrainerSettings) -> Share | None:
    """Reads this pod's share of the sweep; None where it does the whole.

    Raises:
        Refused: only a part of it is set, there is no such shard, or nobody says of which sweep.
    """
    shard, shards = settings.shard, settings.shards
    if shard is None and shards is None:
        return None
    names = "ROOKERY_TRAINER_SHARD and ROOKERY_TRAINER_SHARDS"
    if shard is None or shards is None:
        raise Refused(f"{names} are shard {shard} of {shards}; set both of them, or none")
    if shard >= shards:
        raise Refused(f"{names} are shard {shard} of {shards}; count from 0 to {shards - 1}")
    if settings.sweep_id is None:
        raise Refused(
            f"shard {shard} of {shards} has no ROOKERY_TRAINER_SWEEP_ID; give all shards the same"
        )
    return Share(shard, shards)
