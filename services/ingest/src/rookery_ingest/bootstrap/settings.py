"""What the bootstrap reads from the environment: buckets, passwords of roles, keys of users."""

import os
from collections.abc import Mapping
from typing import NamedTuple

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from rookery_core.database.names import LOGIN_ROLES
from rookery_ingest.bootstrap.store_rights import USERS, Buckets


class Key(NamedTuple):
    """The key pair of a user; its access key is the user's name in the store."""

    access: SecretStr
    secret: SecretStr


class StoreSettings(BaseSettings):
    """Which buckets to make (`ROOKERY_STORE_*`)."""

    model_config = SettingsConfigDict(env_prefix="ROOKERY_STORE_", frozen=True)

    artifact_bucket: str | None = None
    """Bucket of MLflow's artifacts; where absent, the object store is left alone."""
    data_bucket: str = "data"
    """Bucket of source files."""
    snapshot_bucket: str = "snapshots"
    """Bucket of the rows of batches that sweeps train on; empty where they are not kept."""

    def buckets(self) -> Buckets | None:
        """Returns the buckets; None where the store is left alone."""
        if self.artifact_bucket is None:
            return None
        return Buckets(self.artifact_bucket, self.data_bucket, self.snapshot_bucket)


def role_passwords() -> dict[str, SecretStr]:
    """Reads the passwords of the login roles from `ROOKERY_ROLE_<NAME>_PASSWORD`."""
    names = {role: f"ROOKERY_ROLE_{role.upper()}_PASSWORD" for role in LOGIN_ROLES}
    return {role: SecretStr(os.environ.get(name, "")) for role, name in names.items()}


def store_keys() -> Mapping[str, Key]:
    """Reads the keys of the store's users from `ROOKERY_STORE_<NAME>_ACCESS_KEY` and `_SECRET_KEY`.

    Empty where none of them is set: then all parts have one key.
    """
    names = {
        user: [f"ROOKERY_STORE_{user.upper()}_{kind}_KEY" for kind in ("ACCESS", "SECRET")]
        for user in USERS
    }
    if not any(name in os.environ for pair in names.values() for name in pair):
        return {}
    return {
        user: Key(*(SecretStr(os.environ.get(name, "")) for name in pair))
        for user, pair in names.items()
    }
